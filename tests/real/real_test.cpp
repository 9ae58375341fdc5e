// Real drills, drawn at random, against a service that scripts its own state and writes it down:
// no demand that was truly violated may pass, none that was truly held may fail, and the true
// recovery lies within the measured interval.
//
//   REPRISE_REAL=300     so many drills; as many at a time as REPRISE_REAL_JOBS says
//   REPRISE_SEED=7       other ones; a drill's own seed is printed with whatever is wrong
//   REPRISE_REAL_ONE=…   that one drill again
//   REPRISE_KEEP=DIR     keeps the folders: plan, scenario, system, journal, truth.jsonl
#include <atomic>
#include <mutex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/real/verdict.h"
#include "tests/support/program.h"

namespace reprise::real {
namespace {

namespace fs = std::filesystem;

constexpr int most_attempts = 3;

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value && *value ? std::strtoull(value, nullptr, 10) : otherwise;
}

// Exact instants: the program as it is shipped, not the sanitized one.
std::string shipped_program() {
  const char* chosen = std::getenv("REPRISE_PROGRAM");
  return chosen && *chosen ? chosen : REPRISE_SOURCE_DIR "/build/release/reprise";
}

int run(const fs::path& folder, std::uint64_t seed) {
  std::vector<std::string> words{shipped_program(), "run", (folder / "real").string(), "--out",
                                 (folder / "out").string(), "--plain", "--seed",
                                 std::to_string(seed)};
  std::vector<std::string> environment{"REPRISE_STATE_DIR=" + (folder / "state").string()};
  for (char** one = environ; *one; ++one) {
    if (!std::string(*one).starts_with("REPRISE_")) environment.emplace_back(*one);
  }
  std::vector<char*> argv, envp;
  for (auto& word : words) argv.push_back(word.data());
  for (auto& one : environment) envp.push_back(one.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  const std::string log = (folder / "log").string();
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed) return -1;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class Drills {
 public:
  Drills() {
    const char* keep = std::getenv("REPRISE_KEEP");
    kept_ = keep && *keep;
    std::string name = ::testing::TempDir() + "reprise-real-XXXXXX";
    folder_ = kept_ ? fs::absolute(keep) : fs::path(::mkdtemp(name.data()));
    const auto one = number_from("REPRISE_REAL_ONE", 0);
    const auto count = number_from("REPRISE_REAL", 12);
    const auto first = number_from("REPRISE_SEED", 1) * 1'000'000;
    if (one) {
      seeds_.push_back(one);
    } else {
      for (std::uint64_t i = 0; i < count; ++i) seeds_.push_back(first + i);
    }
  }

  ~Drills() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(folder_, ignored);
  }

  Drills(const Drills&) = delete;
  Drills& operator=(const Drills&) = delete;

  // The tester's own process drills nothing, so it may have threads.
  void run_all() {
    const auto jobs = number_from("REPRISE_REAL_JOBS", 4);
    std::vector<std::jthread> threads;
    for (std::uint64_t i = 0; i < jobs; ++i) {
      threads.emplace_back([this] {
        for (std::size_t next = next_++; next < seeds_.size(); next = next_++) drill(seeds_[next]);
      });
    }
  }

  void expect_few_late() {
    fmt::print("{} drills, {} attempts: {}; late for good: {}; void as expected: {}; "
               "demands: {}, of which the law left no choice: {}\n",
               seeds_.size(), attempts_, nlohmann::json(statuses_).dump(), late_, void_, demands_,
               decided_);
    EXPECT_LE(static_cast<std::size_t>(late_) * 20, std::max<std::size_t>(seeds_.size(), 20))
        << "too many drills stayed inconclusive for a late observer";
  }

 private:
  void drill(std::uint64_t seed) {
    const Drawn drawn = draw(seed);
    const fs::path folder = folder_ / std::to_string(seed);
    Held held;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
      std::error_code ignored;
      fs::remove_all(folder, ignored);
      write_drill(drawn, folder);
      held = hold(drawn, folder, run(folder, seed));
      ++attempts_;
      if (!held.violations.empty() || !held.late) break;
    }
    std::string told = held.told;
    for (const auto& violation : held.violations) told = violation + "\n" + told;
    testing::write_file(folder / "told.txt", told);
    count(drawn, held);
    if (!kept_ && held.violations.empty()) {
      std::error_code ignored;
      fs::remove_all(folder, ignored);
    }
  }

  void count(const Drawn& drawn, const Held& held) {
    const std::lock_guard lock(mutex_);
    ++statuses_[held.status];
    late_ += held.late ? 1 : 0;
    void_ += held.expected_void ? 1 : 0;
    demands_ += held.demands;
    decided_ += held.decided;
    if (held.violations.empty()) return;
    std::string text;
    for (const auto& violation : held.violations) text += violation + "\n";
    ADD_FAILURE() << "drill " << drawn.seed << ": " << text << drawn.scenario.dump() << "\n"
                  << drawn.script.dump() << "\n"
                  << held.told << "again: REPRISE_REAL_ONE=" << drawn.seed
                  << " REPRISE_KEEP=DIR build/dev/test_real";
  }

  fs::path folder_;
  bool kept_ = false;
  std::vector<std::uint64_t> seeds_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<int> attempts_ = 0;
  std::mutex mutex_;
  std::map<std::string, int> statuses_;
  int late_ = 0, void_ = 0, demands_ = 0, decided_ = 0;
};

TEST(Real, VerdictsAreWhatTheTruthDemands) {
  Drills drills;
  drills.run_all();
  drills.expect_few_late();
}

}  // namespace
}  // namespace reprise::real
