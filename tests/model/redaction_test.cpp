// Secrets are found in whatever form they are written, and nothing else is touched.
#include "harness/model/secrets/redaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace reprise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string value = R"(pa"ss/wö rd&1%)";

Redaction redaction_of(std::vector<std::string> values, Redaction::Words words = {}) {
  Secrets secrets;
  for (auto& one : values) secrets.push_back({"plan.yaml/secret", std::move(one)});
  return Redaction(std::move(secrets), std::move(words));
}

TEST(Redactions, HideAValueInEveryFormInWhichProgramsWriteIt) {
  const Redaction redaction = redaction_of({value});
  for (const char* written :
       {R"(pa"ss/wö rd&1%)", R"(pa\"ss/wö rd&1%)", R"(pa\"ss\/w\u00f6 rd\u00261%)",
        R"(pa\u0022ss\u002Fw\u00F6\u0020rd&1%)", "pa%22ss%2Fw%C3%B6%20rd%261%25",
        "pa%22ss/w%c3%b6%20rd%261%25", "pa%22ss%2fw%c3%b6+rd%261%25",
        R"({\"token\": \"pa\\\"ss/wö rd&1%\"})"}) {
    const std::string hidden = redaction.text(std::string("before ") + written + " after");
    EXPECT_THAT(hidden, HasSubstr("•••")) << written;
    EXPECT_THAT(hidden, Not(HasSubstr("rd"))) << written;
    EXPECT_THAT(hidden, testing::StartsWith("before ")) << written;
  }
  EXPECT_EQ(redaction.text("before pa\"ss/wö rd&1% after"), "before ••• after");
}

TEST(Redactions, HideBase64AtEveryAlignmentAndInBothAlphabets) {
  const Redaction redaction = redaction_of({"s3cr3t?>~~value"});
  for (const char* written :
       {"czNjcjN0Pz5+fnZhbHVl", "dTpzM2NyM3Q/Pn5+dmFsdWU=", "eHk6czNjcjN0Pz5+fnZhbHVl",
        "dTpzM2NyM3Q_Pn5-dmFsdWU", "YXNzM2NyM3Q/Pn5+dmFsdWVi", "YXMzY3IzdD8+fn52YWx1ZQ=="}) {
    EXPECT_THAT(redaction.text(written), HasSubstr("•••")) << written;
  }
}

TEST(Redactions, LeaveShortValuesInTextsAndHideThemWhereTheyStand) {
  const json plan = {{"system", {{"env", {{"DB_PASSWORD", "abc"}, {"MODE", "abc"}}}}},
                     {"url", "http://u:xy@host/abc"},
                     {"headers", {{"Authorization", "Bearer qrs"}}},
                     {"marked", {{"secret", "tuv"}}}};
  const Redaction redaction(secrets_in(plan, "plan.yaml"));
  EXPECT_EQ(redaction.text("abc xy"), "abc xy");
  const json shown = redaction.document(plan);
  EXPECT_EQ(shown["system"]["env"]["DB_PASSWORD"], "•••");
  EXPECT_EQ(shown["system"]["env"]["MODE"], "abc");
  EXPECT_EQ(shown["url"], "http://u:•••@host/abc");
  EXPECT_EQ(shown["headers"]["Authorization"], "Bearer •••");
  EXPECT_EQ(shown["marked"]["secret"], "•••");
}

TEST(Redactions, KnowThePasswordOfAUrlAsItIsWrittenAndAsItIsMeant) {
  const Redaction redaction(secrets_in(
      {{"databases", {{"x", "postgresql://me:p%40ssw0rd@db/x?sslpassword=other1"}}}}, "plan.yaml"));
  EXPECT_EQ(redaction.text("p%40ssw0rd p@ssw0rd other1"), "••• ••• •••");
  EXPECT_EQ(redaction.text("redis://:unknown@cache:6379"), "redis://:•••@cache:6379");
  EXPECT_EQ(redaction.text("http://user@host:80/a:b@c"), "http://user@host:80/a:b@c");
}

TEST(Redactions, KnowWhatNamesUsuallyNameSecrets) {
  for (const char* name : {"PGPASSWORD", "db_passwd", "API_KEY", "apiKey", "X-Api-Key", "TOKEN",
                           "AWS_SECRET_ACCESS_KEY", "SSH_PRIVATE_KEY", "GOOGLE_CREDENTIALS"}) {
    EXPECT_TRUE(names_a_secret(name)) << name;
  }
  for (const char* name : {"PWD", "PASSWORD_FILE", "TOKEN_PATH", "KEY", "PORT"}) {
    EXPECT_FALSE(names_a_secret(name)) << name;
  }
}

TEST(Redactions, HideTheEndOfATextThatWasCutInTheMiddleOfAValue) {
  const Redaction redaction = redaction_of({"correct-horse-battery"});
  const std::string padding(4080, 'x');
  EXPECT_EQ(redaction.text(padding + "correct-horse"), padding + "•••");
  EXPECT_EQ(redaction.text("found 'correct-hor…'"), "found '•••…'");
  EXPECT_EQ(redaction.text("that is correct"), "that is correct");
}

TEST(Redactions, LeaveTheWordsAloneWithoutWhichNothingCouldBeRead) {
  const Redaction redaction = redaction_of({"steady"}, {"steady"});
  json event = {{"phase", "steady"}, {"why", "steady state held"}};
  redaction.hide_in(event);
  EXPECT_EQ(event["phase"], "steady");
  EXPECT_EQ(event["why"], "••• state held");
}

TEST(Redactions, HideKeysAndObservedNumbersAsWell) {
  const Redaction redaction = redaction_of({"12345678"});
  json observed = {{"json", {{"/pin", 12345678}, {"/12345678/x", 1}, {"/count", 123456789}}}};
  redaction.hide_in(observed, true);
  EXPECT_EQ(observed["json"], json({{"/pin", "•••"}, {"/•••/x", 1}, {"/count", 123456789}}));
}

TEST(Redactions, SealWhatMustComeBackAndNameWhereItStands) {
  const Redaction redaction(
      Secrets{{"plan.yaml/vars/token", "hunter22"}, {"plan.yaml/vars/code", "a\"quote"}});
  const json receipt = {{"undo", {"mend", "--token=hunter22;hunter22", "plain"}}};
  const json sealed = redaction.sealed(receipt);
  EXPECT_THAT(sealed.dump(), Not(HasSubstr("hunter22")));
  EXPECT_THAT(sealed.dump(), HasSubstr("plan.yaml/vars/token"));
  EXPECT_EQ(redaction.unsealed(sealed).value(), receipt);
  EXPECT_FALSE(Redaction().unsealed(sealed));
  const json escaped = redaction.sealed(json{"a%22quote"});
  EXPECT_THAT(escaped.dump(), Not(HasSubstr("quote")));
  EXPECT_FALSE(redaction.unsealed(escaped)) << "half of an undo is worse than none";
}

}  // namespace
}  // namespace reprise
