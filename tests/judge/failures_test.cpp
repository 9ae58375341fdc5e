// What a `known` may name is what an assertion can report: the lists of the kinds against the
// sources, in which every failure stands as "chaos.Name".
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/judge/judge.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

const fs::path judge_folder = fs::path(REPRISE_SOURCE_DIR) / "harness/judge";

// In one file; what all assertions about ledgers share is in ledger_evidence.cpp.
std::set<std::string> failures_in(const fs::path& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  static const std::regex pattern("\"chaos\\.([A-Za-z]+)\"");
  std::set<std::string> out;
  for (std::sregex_iterator i(text.begin(), text.end(), pattern), end; i != end; ++i) {
    out.insert((*i)[1]);
  }
  if (path.filename() == "restore.cpp") out.merge(failures_in(judge_folder / "ladder.cpp"));
  if (text.find("unsound(") != std::string::npos && path.filename() != "ledger_evidence.cpp") {
    out.merge(failures_in(judge_folder / "ledger_evidence.cpp"));
  }
  return out;
}

TEST(AssertionKinds, ListEveryFailureThatTheyReportAndNoOther) {
  for (const AssertionKind* kind : Registry<AssertionKind>::all()) {
    std::string name = kind->name;
    std::ranges::replace(name, '-', '_');
    const auto reported = failures_in(judge_folder / "assertions" / (name + ".cpp"));
    EXPECT_FALSE(reported.empty()) << kind->name;
    EXPECT_EQ(std::set(kind->failures.begin(), kind->failures.end()), reported) << kind->name;
  }
}

TEST(AssertionKinds, CountFromAFaultOnlyWhereTheyCanNameIt) {
  for (const AssertionKind* kind : Registry<AssertionKind>::all()) {
    const auto& fields = kind->options.fields();
    const auto has = [&](const std::string& name) {
      return name.empty() || std::ranges::find(fields, name, &Shape::Field::name) != fields.end();
    };
    EXPECT_TRUE(!kind->counts.ever || has("incident")) << kind->name;
    EXPECT_TRUE(has(kind->counts.only_with)) << kind->name;
    EXPECT_TRUE(has(kind->counts.unless.first)) << kind->name;
    const auto& failures = kind->failures;
    const bool lasting = kind->lasting_failure.empty() ||
                         std::ranges::find(failures, kind->lasting_failure) != failures.end();
    EXPECT_TRUE(lasting) << kind->name;
  }
}

TEST(AssertionKinds, CountFromAFaultUnlessTheirOptionsSayOtherwise) {
  const auto counts = [](const char* kind, const nlohmann::json& options) {
    return Registry<AssertionKind>::find(kind)->counts.with(options);
  };
  EXPECT_TRUE(counts("fallback", {{"probe", "home"}}));
  EXPECT_TRUE(counts("rpo", {{"ledger", "notes"}}));
  EXPECT_TRUE(counts("no-loss", {{"ledger", "notes"}}));
  EXPECT_FALSE(counts("no-duplicates", {{"ledger", "notes"}}));
  EXPECT_TRUE(counts("log", {{"within", "1s"}}));
  EXPECT_FALSE(counts("log", {{"matches", "x"}}));
  EXPECT_TRUE(counts("restore", {{"within", "1s"}}));
  EXPECT_FALSE(counts("restore", {{"run", "x"}}));
  EXPECT_TRUE(counts("backup", {{"probe", "dumps"}, {"at", "incident"}}));
  EXPECT_TRUE(counts("backup", {{"probe", "dumps"}}));
  EXPECT_FALSE(counts("backup", {{"probe", "dumps"}, {"at", "end"}}));
  EXPECT_FALSE(counts("recovery", {{"probe", "home"}, {"within", "1s"}}));
}

}  // namespace
}  // namespace reprise
