// The rules are shown a file that breaks each of them: a rule that never complains protects nobody.
#include <gmock/gmock.h>

#include "tests/tidy/rules.h"

namespace reprise::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Source cpp(std::string text) { return {"harness/engine/drill/drill.cpp", std::move(text)}; }

// One file with one include.
Complaints including(const std::string& file, const std::string& header) {
  return include_rule({file, "#include \"" + header + "\"\n"});
}

TEST(TidyRules, FindAnIncludeAgainstTheDirection) {
  const std::string fault = "injectors/faults/process/process_kill.cpp";
  EXPECT_THAT(including("harness/cli/run.cpp", "injectors/processes/held_process.h"),
              ElementsAre(HasSubstr("harness/cli/run.cpp:1:")));
  EXPECT_THAT(including("harness/judge/recovery.cpp", "harness/engine/clock.h"),
              ElementsAre(HasSubstr(":1:")));
  EXPECT_THAT(including(fault, "reports/catalogue.h"), ElementsAre(HasSubstr("journal")));
  EXPECT_THAT(including(fault, "injectors/faults/file/file_deny.h"),
              ElementsAre(HasSubstr("stands alone")));
  EXPECT_THAT(including(fault, "harness/cli/cli.h"), ElementsAre(HasSubstr("command line")));
  EXPECT_THAT(including(fault, "harness/engine/injector.h"), IsEmpty());
  EXPECT_THAT(including("injectors/proxy/proxy.h", "harness/engine/injector.h"),
              ElementsAre(HasSubstr("neither drills nor faults")));
}

TEST(TidyRules, FindAHeavyHeaderInAHeader) {
  EXPECT_THAT(heavy_header_rule({"injectors/proxy/http.h", "#include <boost/beast/http.hpp>\n"}),
              ElementsAre(HasSubstr("boost/beast/http.hpp")));
  EXPECT_THAT(heavy_header_rule(cpp("#include <libpq-fe.h>\n")), IsEmpty());
}

TEST(TidyRules, FindALongFileAndAWideLine) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += "int a;\n";
  EXPECT_THAT(size_rule(cpp(text)), IsEmpty());
  EXPECT_THAT(size_rule(cpp(text + "int b;\n")), ElementsAre(HasSubstr("401 lines")));
  EXPECT_THAT(size_rule(cpp(std::string(101, 'x'))), ElementsAre(HasSubstr("101 columns")));
}

TEST(TidyRules, CountColumnsInCharacters) {
  std::string accents;
  for (int i = 0; i < 100; ++i) accents += "é";
  EXPECT_THAT(size_rule(cpp(accents)), IsEmpty());
}

TEST(TidyRules, FindNamesThatSayNothing) {
  EXPECT_THAT(naming_rule(cpp("class ProbeManager;")), ElementsAre(HasSubstr("ProbeManager")));
  EXPECT_THAT(naming_rule({"harness/engine/util.h", ""}), ElementsAre(HasSubstr("util.h")));
  EXPECT_THAT(naming_rule(cpp("// a Manager in a comment\nconst char* a = \"Manager\";")),
              IsEmpty());
}

TEST(TidyRules, FindAHeaderWithoutItsOpening) {
  EXPECT_THAT(header_rule({"harness/a.h", "#pragma once\n"}),
              ElementsAre(HasSubstr("purpose"), HasSubstr("pragma")));
  EXPECT_THAT(header_rule({"harness/a.h", "// What it is for.\n#pragma once\n"}), IsEmpty());
}

TEST(TidyRules, FindTemporariesInACoAwaitExpression) {
  EXPECT_THAT(coroutine_rule(cpp("co_await run([&] { return 1; });")),
              ElementsAre(HasSubstr(":1:")));
  EXPECT_THAT(coroutine_rule(cpp("\nauto a = co_await run(\n    [x = 1](int b) { return b; });")),
              ElementsAre(HasSubstr(":2:")));
  EXPECT_THAT(coroutine_rule(cpp("co_await run(Options{.a = 1});")),
              ElementsAre(HasSubstr("twice")));
  EXPECT_THAT(coroutine_rule(cpp("co_await run({1, 2});")), ElementsAre(HasSubstr("twice")));
  EXPECT_THAT(coroutine_rule(cpp("if (co_await run(Options{}) && b) {")),
              ElementsAre(HasSubstr("twice")));
  EXPECT_THAT(coroutine_rule(cpp("co_await run(a ? *a : b);")), ElementsAre(HasSubstr("both")));
  EXPECT_THAT(coroutine_rule(cpp("co_await run(std::function<void()>(f));")),
              ElementsAre(HasSubstr("twice")));
}

TEST(TidyRules, LetNamedArgumentsAndBlocksPass) {
  EXPECT_THAT(coroutine_rule(cpp("auto f = [&] { return 1; };\nco_await run(f);")), IsEmpty());
  EXPECT_THAT(coroutine_rule(cpp("if (co_await run(a)) {\n}")), IsEmpty());
  EXPECT_THAT(coroutine_rule(cpp("auto a = co_await run(b) ? c : d;")), IsEmpty());
  EXPECT_THAT(coroutine_rule(cpp("while (!co_await run(a[1], b(c))) {\n}")), IsEmpty());
  EXPECT_THAT(coroutine_rule(cpp("co_await run([](int a) { return a; });")), IsEmpty());
  EXPECT_THAT(coroutine_rule(cpp("// co_await run(Options{});\nco_return;")), IsEmpty());
}

TEST(TidyRules, FindUnfinishedWorkAndShells) {
  EXPECT_THAT(finished_rule(cpp(std::string("// TO") + "DO: later")),
              ElementsAre(HasSubstr(":1:")));
  EXPECT_THAT(shell_rule(cpp("std::system(command);")), ElementsAre(HasSubstr("argument vector")));
  EXPECT_THAT(shell_rule(cpp("plan.system(\"a\"); filesystem(b);")), IsEmpty());
}

TEST(TidyRules, FindAnInjectorUnderAForeignName) {
  const Source source{"injectors/faults/disk/disk_full.cpp",
                      "const Registered<FaultKind> registered{{.name = \"disk_fill\"}};"};
  EXPECT_THAT(injector_rule(source), ElementsAre(HasSubstr("\"disk_full\"")));
}

TEST(TidyRules, FindAMessageInOneLanguageOnly) {
  EXPECT_THAT(catalogue_rule("late: {en: \"Late by {by_ns}.\"}"),
              ElementsAre(HasSubstr("\"fr\""), HasSubstr("different")));
  EXPECT_THAT(catalogue_rule("late: {en: \"Late by {by_ns}.\", fr: \"En retard.\"}"),
              ElementsAre(HasSubstr("different")));
  EXPECT_THAT(catalogue_rule("late: {en: \"Late by {a}.\", fr: \"Retard : {a}.\"}"), IsEmpty());
}

}  // namespace
}  // namespace reprise::tidy
