// No secret of a plan reaches anything that `reprise` writes, in whatever form the system prints
// it; and the same search finds them when nothing says that they are secrets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <set>

#include "tests/cli/talkative_system.h"
#include "tests/support/program.h"
#include "tests/support/secret_forms.h"

namespace reprise::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// What was found, and in which forms, in everything the program wrote.
struct Leaks {
  std::set<std::string> secrets, forms;
  std::string first;
};

Leaks search(const Workplace& place, const std::vector<std::string>& secrets) {
  std::vector<std::filesystem::path> written{place.folder() / "stdout", place.folder() / "stderr"};
  for (const char* folder : {"out", "state"}) {
    if (!std::filesystem::exists(place.folder() / folder)) continue;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(place.folder() / folder)) {
      if (entry.is_regular_file()) written.push_back(entry.path());
    }
  }
  Leaks leaks;
  for (const auto& path : written) {
    const std::string text = read_file(path);
    for (const std::string& secret : secrets) {
      for (const auto& [form, look] : forms_of(secret)) {
        const auto at = text.find(look);
        if (at == std::string::npos) continue;
        leaks.secrets.insert(secret);
        leaks.forms.insert(form);
        if (leaks.first.empty()) {
          leaks.first = fmt::format("{}, {} of {}: {}", path.filename().string(), form, secret,
                                    text.substr(at < 80 ? 0 : at - 80, 200));
        }
      }
    }
  }
  return leaks;
}

TEST(Secrets, AreInNothingThatADrillOfATalkativeSystemWrites) {
  Workplace place;
  const auto secrets = random_secrets();
  make_system(place, secrets, true);
  const Finished done = place.run({"run", "talkative", "--out", "out"});
  EXPECT_EQ(done.code, 1) << done.out << done.err;
  const Leaks leaks = search(place, secrets);
  EXPECT_THAT(leaks.secrets, IsEmpty()) << leaks.first;
  // What was written is otherwise whole: it says where things were hidden, and is read again.
  const auto journal = read_file(place.folder() / "out/journals/talkative/crash.jsonl");
  EXPECT_THAT(journal, HasSubstr("I was told •••"));
  EXPECT_THAT(journal, HasSubstr("postgresql://me:•••@"));
  EXPECT_THAT(journal, HasSubstr("the confirming command"));
  EXPECT_EQ(place.run({"report", "out/journals/talkative/crash.jsonl", "--out", "out"}).code, 1);
  for (const char* verb : {"explain", "check", "list"}) {
    place.run({verb, "talkative"});
    EXPECT_THAT(search(place, secrets).first, IsEmpty()) << verb;
  }
}

TEST(Secrets, AreFoundByTheSameSearchWhenNothingSaysThatTheyAreSecrets) {
  Workplace place;
  const auto secrets = random_secrets();
  make_system(place, secrets, false);
  const Finished done = place.run({"run", "talkative", "crash", "--out", "out"});
  EXPECT_EQ(done.code, 1) << done.out << done.err;
  const Leaks leaks = search(place, secrets);
  EXPECT_EQ(leaks.secrets.size(), secrets.size());
  std::set<std::string> forms;
  for (const auto& [form, look] : forms_of(secrets.front())) forms.insert(form);
  EXPECT_EQ(leaks.forms, forms);
}

TEST(Secrets, AreInNoDiagnosticOfAFileEither) {
  Workplace place;
  const auto secrets = random_secrets();
  make_system(place, secrets, true);
  write_file(place.folder() / "talkative/crash.yaml", crash_scenario() +
                                                          "  - {recovery: " + in_yaml(secrets[30]) +
                                                          "}\n" + in_yaml(secrets[20]) + ": 1\n");
  for (const char* verb : {"run", "check", "explain"}) {
    EXPECT_EQ(place.run({verb, "talkative"}).code, 2);
    EXPECT_THAT(search(place, secrets).first, IsEmpty()) << verb;
  }
}

TEST(Secrets, ThatAreNotSetStopARunButNotACheck) {
  Workplace place;
  make_system(place, random_secrets(), true);
  ::unsetenv("DRILL_SECRET_3");
  EXPECT_EQ(place.run({"check", "talkative"}).code, 0);
  const Finished done = place.run({"run", "talkative", "--out", "out"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("plan.yaml:"));
  EXPECT_THAT(done.err, HasSubstr("DRILL_SECRET_3"));
  EXPECT_FALSE(std::filesystem::exists(place.folder() / "out"));
}

// Hidden, "50ms" could not be read back as an interval: better no drill than a useless record.
TEST(Secrets, ThatAreWordsOfThePlanAreRefusedBeforeAnythingStarts) {
  Workplace place;
  auto secrets = random_secrets();
  secrets[10] = "200ms";
  make_system(place, secrets, true);
  const Finished done = place.run({"run", "talkative", "--out", "out"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("a secret is too common a word"));
  EXPECT_THAT(done.err, Not(HasSubstr("200ms")));
  EXPECT_FALSE(std::filesystem::exists(place.folder() / "out"));
}

pid_t child_of(pid_t parent) {
  const auto path = "/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent);
  return static_cast<pid_t>(std::stoi(read_file(path + "/children")));
}

// The undo needs the secret, the log must not hold it: it is looked up in the plan anew.
TEST(Secrets, AreLookedUpAnewByAnUndoWhoseLogDoesNotHoldThem) {
  Workplace place;
  const auto secrets = random_secrets();
  const auto mark = place.folder() / "undone";
  make_system(place, secrets, true);
  write_file(place.folder() / "talkative/crash.yaml",
             "reprise: 1\nscenario: crash\nlevels: {home: {nominal: {status: 200}}}\n"
             "steady-state: [{probe: home, expect: nominal}]\nfaults:\n"
             "  - {inject: command, for: 60s, with: {inject: [\"true\"], undo: [python3, -c, "
             "\"import sys; open(sys.argv[1], 'w').write(sys.argv[2])\", " +
                 in_yaml(mark.string()) +
                 ", \"${argument}\"]}}\n"
                 "assertions: [{recovery: {probe: home, expect: nominal, within: rto}}]\n");
  const auto journal = place.folder() / "out/journals/talkative/crash.jsonl";
  const pid_t pid = place.start({"run", "talkative", "crash", "--out", "out", "--sandbox", "off"});
  EXPECT_TRUE(eventually([&] { return read_file(journal).contains("\"armed\""); }));
  const pid_t guardian = child_of(pid), worker = child_of(guardian);
  for (const pid_t one : {pid, guardian, worker}) ::kill(one, SIGSTOP);
  for (const pid_t one : {pid, guardian, worker}) ::kill(one, SIGKILL);
  place.wait(pid);
  EXPECT_THAT(search(place, secrets).first, IsEmpty());
  ASSERT_FALSE(std::filesystem::exists(mark));
  const auto hidden_away = place.folder() / "elsewhere";
  std::filesystem::rename(place.folder() / "talkative", hidden_away);
  const Finished helpless = place.run({"undo"});
  EXPECT_EQ(helpless.code, 4) << helpless.out;
  EXPECT_THAT(helpless.out, HasSubstr("plan.yaml"));
  std::filesystem::rename(hidden_away, place.folder() / "talkative");
  const Finished undone = place.run({"undo"});
  EXPECT_EQ(undone.code, 0) << undone.out << undone.err;
  EXPECT_EQ(read_file(mark), secrets[46]);
  EXPECT_THAT(search(place, secrets).first, IsEmpty());
}

}  // namespace
}  // namespace reprise::testing
