#include "reports/escape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reprise {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Escapes, SpellOutWhatNobodySees) {
  EXPECT_EQ(visible("a\x1b[2Jb\x07\r\n\t"), "a\\x1b[2Jb\\x07\\r\\n\\t");
  EXPECT_EQ(visible("\xc2\x9b"
                    "31m"),
            "\\x9b31m")
      << "C1 controls act on terminals too";
  EXPECT_EQ(visible("\xe2\x80\xaetxt.exe"), "\\u202etxt.exe") << "direction overrides";
  EXPECT_EQ(visible("\xef\xbf\xbe"), "\\ufffe");
  EXPECT_EQ(visible(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Escapes, KeepEveryReadableLetter) {
  for (const char* text : {"plain", "é, ü, ß", "« à la française »", "日本語", "🙂"}) {
    EXPECT_EQ(visible(text), text);
  }
}

TEST(Escapes, SpellOutBytesThatAreNotUtf8) {
  EXPECT_EQ(visible("\xff"), "\\xff");
  EXPECT_EQ(visible("\xc0\x80"), "\\xc0\\x80") << "overlong";
  EXPECT_EQ(visible("\xe0\x80\x80"), "\\xe0\\x80\\x80") << "overlong";
  EXPECT_EQ(visible("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a lone surrogate";
  EXPECT_EQ(visible("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "above U+10FFFF";
  EXPECT_EQ(visible("x\xe2\x82"), "x\\xe2\\x82") << "cut short";
}

TEST(Escapes, LeaveNoMarkupToHtml) {
  EXPECT_EQ(html("<a href=\"x\" on='y'>&"), "&lt;a href=&quot;x&quot; on=&#39;y&#39;&gt;&amp;");
}

TEST(Escapes, LeaveNoEndOfCdataToXmlButKeepItsLines) {
  EXPECT_EQ(xml("]]>\n\x01"), "]]&gt;\n\\x01");
}

TEST(Escapes, LeaveNoMarkupToMarkdown) {
  EXPECT_EQ(markdown("a | b\n`c` <d> & *e* _f_ [g](h) ~i~ # $j$ \\|"),
            "a \\| b\\\\n\\`c\\` &lt;d&gt; &amp; \\*e\\* \\_f\\_ \\[g\\](h) \\~i\\~ \\# \\$j\\$ "
            "\\\\\\|");
  EXPECT_EQ(markdown("http://x.example www.x.example"), "http:\\//x.example www\\.x.example");
  EXPECT_EQ(markdown("4.298 s, “é” – (1)!"), "4.298 s, “é” – (1)!");
}

TEST(Escapes, LeaveNoCommandToARunner) {
  for (const char* text : {"::error::x", ":::::", "##[error]x", "\n::stop-commands::x"}) {
    EXPECT_THAT(inert(text), Not(HasSubstr("::"))) << text;
    EXPECT_THAT(inert(text), Not(HasSubstr("##["))) << text;
    EXPECT_THAT(inert(text), Not(HasSubstr("\n"))) << text;
  }
}

}  // namespace
}  // namespace reprise
