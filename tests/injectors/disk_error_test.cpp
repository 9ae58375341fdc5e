// disk_error on a disk of the test's own: what passes while nothing is to fail, and what fails.
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/engine/disk.h"
#include "injectors/faulty_disk.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/in_sandbox.h"
#include "tests/support/postgres_server.h"
#include "tests/support/said_by.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

class DiskError : public testing::Test {
 protected:
  void lay(std::uint64_t size) {
    const auto mounted = mount_disk(path_, size);
    ASSERT_TRUE(mounted) << why(mounted);
    beneath_ = ::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    surroundings_.disks["data"] = path_;
    auto laid = FaultyDisk::lay("data", {surroundings_, folder_.path()});
    ASSERT_TRUE(laid) << why(laid);
    laid_ = std::move(*laid);
    surroundings_.laid = laid_.get();
  }
  void on_the_disk(const std::function<void()>& body, std::uint64_t size = 8 << 20) {
    in_sandbox([&] {
      lay(size);
      if (!HasFatalFailure()) body();
      laid_.reset();
    });
  }

  // The errno, or 0.
  [[nodiscard]] int opening(const std::string& name, int flags = O_RDONLY) const {
    const int file = ::open((path_ / name).c_str(), flags | O_CLOEXEC, 0644);
    if (file < 0) return errno;
    ::close(file);
    return 0;
  }
  static int writing(int file) { return ::write(file, "abcd", 4) == 4 ? 0 : errno; }
  [[nodiscard]] int open_new(const std::string& name) const {
    return ::open((path_ / name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  }
  // As it lies on the file system beneath.
  [[nodiscard]] struct stat beneath(const std::string& name) const {
    struct stat found{};
    EXPECT_EQ(::fstatat(beneath_, name.c_str(), &found, AT_SYMLINK_NOFOLLOW), 0) << name;
    return found;
  }
  [[nodiscard]] std::string content(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::unique_ptr<Injector> injected(nlohmann::json with = nlohmann::json::object()) {
    auto fault = make_fault(fault_spec("disk_error", "data", std::move(with)), surroundings_);
    const auto receipt = fault->prepare();
    EXPECT_TRUE(receipt) << why(receipt);
    const auto done = fault->inject(receipt.value_or(nlohmann::json()));
    EXPECT_TRUE(done) << why(done);
    return fault;
  }

  TemporaryFolder folder_;
  fs::path path_ = folder_.path() / "data";
  FixedSurroundings surroundings_;
  std::unique_ptr<Groundwork> laid_;
  int beneath_ = -1;
};

TEST_F(DiskError, LetsNamesAndTheirAttributesPass) {
  on_the_disk([&] {
    std::ofstream(path_ / "file") << "text";
    fs::create_directories(path_ / "deep/deeper");
    fs::rename(path_ / "file", path_ / "deep/file");
    std::ofstream(path_ / "other") << "replaced";
    fs::rename(path_ / "deep/file", path_ / "other");
    EXPECT_EQ(content("other"), "text");
    fs::create_hard_link(path_ / "other", path_ / "second");
    EXPECT_EQ(beneath("other").st_nlink, 2U);
    EXPECT_EQ(beneath("other").st_ino, beneath("second").st_ino);
    fs::create_symlink("other", path_ / "symbolic");
    EXPECT_EQ(fs::read_symlink(path_ / "symbolic"), "other");
    EXPECT_EQ(content("symbolic"), "text");
    fs::permissions(path_ / "other", fs::perms(0640));
    EXPECT_EQ(beneath("other").st_mode & 07777, 0640U);
    const timespec times[]{{1000, 5}, {2000, 7}};
    EXPECT_EQ(::utimensat(AT_FDCWD, (path_ / "other").c_str(), times, 0), 0);
    EXPECT_EQ(beneath("other").st_mtim.tv_sec, 2000);
    EXPECT_EQ(beneath("other").st_mtim.tv_nsec, 7);
    EXPECT_EQ(fs::remove_all(path_ / "deep"), 2U);
    EXPECT_EQ(opening("deep/file"), ENOENT);
    EXPECT_EQ(opening("other", O_WRONLY | O_CREAT | O_EXCL), EEXIST);
    EXPECT_EQ(fs::space(path_).capacity, 8U << 20);
    for (int i = 0; i < 500; ++i) std::ofstream(path_ / fmt::format("many-{}", i)) << i;
    EXPECT_EQ(std::distance(fs::directory_iterator(path_), {}), 503);
  });
}

TEST_F(DiskError, LetsContentPass) {
  on_the_disk([&] {
    const int file = open_new("file");
    const int appending = ::open((path_ / "file").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    EXPECT_EQ(writing(file), 0);
    EXPECT_EQ(writing(appending), 0);
    EXPECT_EQ(::pwrite(file, "X", 1, 1), 1);
    EXPECT_EQ(writing(appending), 0);
    EXPECT_EQ(content("file"), "aXcdabcdabcd");
    EXPECT_EQ(::fsync(file) + ::fdatasync(file), 0);
    EXPECT_EQ(::ftruncate(file, 6), 0);
    EXPECT_EQ(::posix_fallocate(file, 0, 8192), 0);
    EXPECT_EQ(beneath("file").st_size, 8192);
    void* mapped = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ASSERT_NE(mapped, MAP_FAILED);
    EXPECT_EQ(std::string(static_cast<char*>(mapped), 6), "aXcdab");
    static_cast<char*>(mapped)[0] = 'M';
    EXPECT_EQ(::msync(mapped, 4096, MS_SYNC), 0);
    char byte = 0;
    EXPECT_EQ(::pread(file, &byte, 1, 0), 1);
    EXPECT_EQ(byte, 'M');
    ::munmap(mapped, 4096);
    EXPECT_EQ(opening("file", O_WRONLY | O_TRUNC), 0);
    EXPECT_EQ(beneath("file").st_size, 0);
    // A file that has lost its name goes on until it is closed.
    EXPECT_EQ(::unlink((path_ / "file").c_str()), 0);
    EXPECT_EQ(writing(file), 0);
    struct stat nameless{};
    EXPECT_EQ(::fstat(file, &nameless), 0);
    EXPECT_EQ(nameless.st_nlink, 0U);
    EXPECT_EQ(::ftruncate(file, 1) + ::fchmod(file, 0600), 0);
    EXPECT_EQ(fs::directory_iterator(path_), fs::directory_iterator());
    ::close(appending);
    ::close(file);
    EXPECT_TRUE(comes_true([&] { return fs::space(path_).free == 8U << 20; }));
  });
}

TEST_F(DiskError, LetsLocksAndOwnersPass) {
  on_the_disk([&] {
    const int file = open_new("file");
    flock lock{};
    lock.l_type = F_WRLCK;
    EXPECT_EQ(::fcntl(file, F_SETLK, &lock), 0);
    const pid_t other = ::fork();
    if (other == 0) {
      const int again = ::open((path_ / "file").c_str(), O_RDWR | O_CLOEXEC);
      const bool refused = ::fcntl(again, F_SETLK, &lock) != 0 && errno == EAGAIN;
      // Somebody else's own file, where this one may make it, and none where it may not.
      const bool somebody = ::geteuid() == 0;
      ::mkdir((path_ / "theirs").c_str(), 0700);
      if (somebody && ::chown((path_ / "theirs").c_str(), 65534, 65534) != 0) ::_exit(2);
      if (somebody && ::setuid(65534) != 0) ::_exit(3);
      const int made = open_new("theirs/made");
      struct stat found{};
      const bool own = made >= 0 && ::fstat(made, &found) == 0 && found.st_uid == ::geteuid();
      const bool kept_out = !somebody || (open_new("not theirs") < 0 && errno == EACCES);
      ::_exit(refused && own && kept_out ? 0 : 1);
    }
    int status = 0;
    ::waitpid(other, &status, 0);
    EXPECT_EQ(status, 0);
    ::close(file);
  });
}

TEST_F(DiskError, FailsUntilItIsReverted) {
  on_the_disk([&] {
    const int file = open_new("file");
    EXPECT_EQ(writing(file), 0);
    const auto fault = make_fault(fault_spec("disk_error", "data"), surroundings_);
    const auto receipt = fault->prepare();
    ASSERT_TRUE(receipt) << why(receipt);
    EXPECT_EQ(writing(file), 0) << "prepare touches nothing";
    EXPECT_TRUE(fault->revert(*receipt)) << "without an inject";
    const Instant before = surroundings_.now();
    ASSERT_TRUE(fault->inject(*receipt));
    EXPECT_FALSE(fault->confirm()) << "nobody has met it";

    EXPECT_EQ(writing(file), EIO);
    const auto bite = fault->confirm();
    ASSERT_TRUE(bite);
    EXPECT_EQ(bite->evidence, "1 write failed with EIO");
    EXPECT_GE(bite->at, before);
    EXPECT_LE(bite->at, surroundings_.now());
    EXPECT_EQ(writing(file), EIO);
    EXPECT_EQ(::fsync(file) == 0 ? 0 : errno, EIO);
    EXPECT_EQ(::ftruncate(file, 0) == 0 ? 0 : errno, EIO);
    EXPECT_EQ(opening("file"), EIO);
    EXPECT_EQ(opening("new", O_WRONLY | O_CREAT), EIO);
    EXPECT_EQ(::mkdir((path_ / "folder").c_str(), 0700) == 0 ? 0 : errno, EIO);
    EXPECT_EQ(::rename((path_ / "file").c_str(), (path_ / "moved").c_str()), 0) << "not asked for";
    EXPECT_EQ(fault->confirm()->evidence, "1 open, 2 creates, 3 writes, 1 fsync failed with EIO");

    EXPECT_TRUE(fault->revert(*receipt));
    EXPECT_TRUE(fault->revert(*receipt));
    EXPECT_FALSE(fault->confirm());
    EXPECT_EQ(writing(file), 0);
    EXPECT_EQ(::fsync(file), 0);
    EXPECT_EQ(opening("moved"), 0);
    EXPECT_EQ(content("moved"), "abcdabcd");
    ::close(file);
  });
}

TEST_F(DiskError, OfAReadIsSeenByWhomTheCacheDoesNotAnswer) {
  on_the_disk([&] {
    std::ofstream(path_ / "file") << std::string(10'000, 'x');
    const auto fault = injected({{"on", {"read"}}, {"error", "ENODEV"}});
    const int file = ::open((path_ / "file").c_str(), O_RDONLY | O_CLOEXEC);
    char byte = 0;
    EXPECT_LT(::read(file, &byte, 1), 0);
    EXPECT_EQ(errno, ENODEV);
    ASSERT_TRUE(fault->confirm());
    EXPECT_TRUE(fault->revert({}));
    EXPECT_EQ(::read(file, &byte, 1), 1);
    ::close(file);
  });
}

TEST_F(DiskError, ComesAsOftenAndWhereItIsToldTo) {
  on_the_disk([&] {
    fs::create_directory(path_ / "log");
    const int hit = open_new("log/1");
    const int spared = open_new("table");
    const auto fault = injected(
        {{"on", {"write", "rename"}}, {"files", "log/*"}, {"rate", "25%"}, {"error", "ENOSPC"}});
    int failed = 0;
    for (int i = 0; i < 100; ++i) {
      EXPECT_EQ(writing(spared), 0);
      failed += writing(hit) == ENOSPC ? 1 : 0;
    }
    EXPECT_EQ(failed, 25);
    EXPECT_EQ(fault->confirm()->evidence, "25 writes failed with ENOSPC");
    ::close(hit);
    ::close(spared);
  });
}

TEST_F(DiskError, ThatIsGivenTwiceIsRefused) {
  on_the_disk([&] {
    const int file = open_new("file");
    const auto fault = injected();
    const auto other = make_fault(fault_spec("disk_error", "data"), surroundings_);
    const auto receipt = other->prepare();
    ASSERT_TRUE(receipt) << why(receipt);
    const auto refused = other->inject(*receipt);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().what.find("failing already"), std::string::npos) << why(refused);
    EXPECT_TRUE(other->revert(*receipt));
    EXPECT_EQ(writing(file), EIO) << "another fault's";
    ::close(file);
  });
}

TEST_F(DiskError, EndsWithItsInjector) {
  on_the_disk([&] {
    const int file = open_new("file");
    { const auto fault = injected(); }
    EXPECT_EQ(writing(file), 0);
    ::close(file);
  });
}

TEST_F(DiskError, EndsWithItsProgram) {
  in_sandbox([&] {
    do_and_die([&] {
      lay(8 << 20);
      const auto fault = injected();
      EXPECT_EQ(opening("file", O_WRONLY | O_CREAT), EIO);
      ::kill(::getpid(), SIGKILL);
    });
    // Who served it is gone; in a drill the mount is, too, with the sandbox.
    struct stat root{};
    EXPECT_TRUE(comes_true([&] { return ::stat(path_.c_str(), &root) != 0; }));
    EXPECT_EQ(errno, ENOTCONN);
  });
  EXPECT_TRUE(fs::exists(path_) && fs::is_empty(path_)) << "outside it never was";
  std::ifstream mounts("/proc/self/mountinfo");
  const std::string text((std::istreambuf_iterator<char>(mounts)), {});
  EXPECT_EQ(text.find(path_.string()), text.npos);
}

TEST_F(DiskError, NeedsADiskThatWasLaidForIt) {
  const auto fault = make_fault(fault_spec("disk_error", "data"), surroundings_);
  EXPECT_FALSE(fault->prepare());
  surroundings_.disks["data"] = path_;
  const auto receipt = fault->prepare();
  ASSERT_FALSE(receipt);
  EXPECT_NE(receipt.error().what.find("can fail"), std::string::npos) << why(receipt);
  EXPECT_FALSE(fault->inject({}));
  EXPECT_TRUE(fault->revert({}));
}

TEST_F(DiskError, IsRefusedWhereOthersShareTheDisk) {
  const auto laid = FaultyDisk::lay("data", {surroundings_, folder_.path()});
  ASSERT_FALSE(laid);
}

// A database on it works, and reports what fails.
TEST_F(DiskError, CarriesADatabase) {
  on_the_disk(
      [&] {
        fs::permissions(folder_.path(), fs::perms(0755));
        ::setenv("TMPDIR", path_.c_str(), 1);
        const PostgresServer server;
        const auto query = [&](const std::string& text) {
          return said_by({"psql", "-XAt", server.url("postgres"), "-c", text});
        };
        EXPECT_EQ(query("create table t as select generate_series(1, 20000) as n"),
                  "SELECT 20000\n");
        EXPECT_EQ(query("checkpoint"), "CHECKPOINT\n");
        EXPECT_EQ(query("vacuum full t"), "VACUUM\n");
        EXPECT_EQ(query("select count(*), sum(n) from t"), "20000|200010000\n");
        const auto fault = injected({{"on", {"write"}}, {"files", "*/base/*"}});
        const std::string said = query("create table u as select * from t; checkpoint");
        EXPECT_NE(said.find("Input/output error"), std::string::npos) << said;
        EXPECT_TRUE(fault->confirm());
        EXPECT_TRUE(fault->revert({}));
        EXPECT_EQ(query("select count(*) from t"), "20000\n");
        EXPECT_EQ(query("create table v as select * from t"), "SELECT 20000\n");
      },
      512 << 20);
}

}  // namespace
}  // namespace reprise
