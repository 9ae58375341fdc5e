// What counts as left behind, and what is the system's own doing.
#include <csignal>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "harness/engine/injector.h"
#include "harness/engine/services/process_table.h"
#include "harness/engine/site/fingerprint.h"
#include "harness/model/registry.h"
#include "tests/engine/scripted_world.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FileFingerprint : public ::testing::Test {
 protected:
  FileFingerprint() {
    folder_.write("page", "before");
    ::chmod(path().c_str(), 0644);
    surroundings_.files["page"] = path();
    before_ = fingerprint(surroundings_, Target::file, "page", Nature::condition);
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "page"; }

  TemporaryFolder folder_;
  FixedSurroundings surroundings_;
  nlohmann::json before_;
};

TEST_F(FileFingerprint, IsTheSameWhenNothingHappened) {
  EXPECT_THAT(differences(before_, Nature::condition), IsEmpty());
}

TEST_F(FileFingerprint, SeesAModeThatStayed) {
  ::chmod(path().c_str(), 0);
  EXPECT_THAT(differences(before_, Nature::condition),
              Contains(HasSubstr("mode was 0644, is 0000")));
}

TEST_F(FileFingerprint, SeesAFolderInTheFilesPlace) {
  std::filesystem::remove(path());
  std::filesystem::create_directory(path());
  EXPECT_THAT(differences(before_, Nature::condition),
              Contains(HasSubstr("kind was file, is folder")));
}

TEST_F(FileFingerprint, SeesAFileThatIsGone) {
  std::filesystem::remove(path());
  EXPECT_THAT(differences(before_, Nature::condition),
              Contains(HasSubstr("kind was file, is none")));
}

TEST_F(FileFingerprint, LeavesToTheSystemWhatItWroteOrMadeAnew) {
  folder_.write("page", "after");
  EXPECT_THAT(differences(before_, Nature::condition), IsEmpty());
  folder_.write("new", "made anew");
  ::chmod((folder_.path() / "new").c_str(), 0600);
  std::filesystem::rename(folder_.path() / "new", path());
  EXPECT_THAT(differences(before_, Nature::condition), IsEmpty());
}

TEST_F(FileFingerprint, ListsWhatAnEventMadeOfTheContent) {
  const auto before = fingerprint(surroundings_, Target::file, "page", Nature::event);
  EXPECT_THAT(differences(before, Nature::event), IsEmpty());
  folder_.write("page", "after");
  EXPECT_THAT(differences(before, Nature::event),
              Contains(HasSubstr("content was 6 bytes, SHA-256 ")));
  folder_.write("new", "before");
  std::filesystem::rename(folder_.path() / "new", path());
  EXPECT_THAT(differences(before, Nature::event), IsEmpty());
}

TEST(DiskFingerprint, SeesWhatIsMountedOnIt) {
  const TemporaryFolder folder;
  FixedSurroundings surroundings;
  surroundings.disks["data"] = folder.path();
  const auto before = fingerprint(surroundings, Target::disk, "data", Nature::condition);
  EXPECT_EQ(before.at("disk").at("was").at("mounts"), "none");
  surroundings.disks["proc"] = "/proc";
  EXPECT_THAT(fingerprint(surroundings, Target::disk, "proc", Nature::condition)
                  .at("disk")
                  .at("was")
                  .at("mounts"),
              HasSubstr("proc"));
}

TEST(States, DifferInWhatBothCouldTell) {
  EXPECT_THAT(differences_of_states({{"filter", "without it"}}, {{"filter", "with it"}}),
              ::testing::ElementsAre("filter was without it, is with it"));
  EXPECT_THAT(differences_of_states({{"filter", "without it"}}, nlohmann::json::object()),
              IsEmpty());
}

class ProcessFingerprint : public ::testing::Test {
 protected:
  ProcessFingerprint() {
    pid_ = ::fork();
    if (pid_ == 0) {
      while (true) ::pause();
    }
    surroundings_.processes["web"] = {{pid_, start_ticks(pid_).value()}};
    before_ = fingerprint(surroundings_, Target::service, "web", Nature::condition);
  }
  ~ProcessFingerprint() override { end(); }
  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  pid_t pid_;
  FixedSurroundings surroundings_;
  nlohmann::json before_;
};

TEST_F(ProcessFingerprint, SeesOneThatStandsStill) {
  EXPECT_THAT(differences(before_, Nature::condition), IsEmpty());
  ::kill(pid_, SIGSTOP);
  int status = 0;
  ASSERT_EQ(::waitpid(pid_, &status, WUNTRACED), pid_);
  EXPECT_THAT(differences(before_, Nature::condition),
              Contains(HasSubstr("state was going, is stopped")));
}

TEST_F(ProcessFingerprint, SeesALimitThatStayed) {
  rlimit limit{};
  ::prlimit(pid_, RLIMIT_NOFILE, nullptr, &limit);
  limit.rlim_cur = 7;
  ASSERT_EQ(::prlimit(pid_, RLIMIT_NOFILE, &limit, nullptr), 0);
  EXPECT_THAT(differences(before_, Nature::condition), Contains(HasSubstr("open files was")));
}

TEST_F(ProcessFingerprint, DoesNotMissOneThatHasEnded) {
  end();
  EXPECT_THAT(differences(before_, Nature::condition), IsEmpty());
}

// A fault whose revert says that all is well and leaves the mode as it was made.
class Sloppy final : public Injector {
 public:
  explicit Sloppy(std::string path) : path_(std::move(path)) {}
  Result<nlohmann::json> prepare() override { return nlohmann::json::object(); }
  Result<void> inject(const nlohmann::json&) override {
    ::chmod(path_.c_str(), 0600);
    return {};
  }
  Result<void> revert(const nlohmann::json&) override { return {}; }
  std::optional<Bite> confirm() override { return std::nullopt; }

 private:
  std::string path_;
};

const Registered<FaultKind> sloppy{
    {FaultInfo{{.name = "sloppy", .summary = "", .options = Shape::object({}), .example = {}},
               Nature::condition,
               Target::file},
     [](const FaultSpec& spec,
        const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
       return std::make_unique<Sloppy>(surroundings.file(spec.into)->string());
     }}};

TEST(Drill, DoesNotTakeARevertsWordForIt) {
  const TemporaryFolder system;
  system.write("page", "text");
  ::chmod((system.path() / "page").c_str(), 0644);
  auto plan = testing::scripted_plan(std::chrono::milliseconds(100), std::chrono::minutes(5));
  plan.system = system.path();
  plan.files["page"] = "page";
  auto fault = testing::scripted_fault();
  fault.kind = "sloppy";
  fault.into = "page";
  fault.lasting = std::chrono::seconds(1);
  testing::ManualDrill drill;
  const auto events = drill.run(plan, testing::scripted_scenario({fault}));
  const auto last = testing::named(events, "fault").back();
  EXPECT_EQ(last.at("step"), "undo-failed");
  EXPECT_THAT(last.at("why").get<std::string>(), HasSubstr("mode was 0644, is 0600"));
  EXPECT_EQ(drill.left().faults.size(), 1U);
}

}  // namespace
}  // namespace reprise
