// disk_error on a disk of the test's own: what fails, and when it ends.
#include "tests/injectors/failing_disk.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

class DiskError : public FailingDisk {};

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
    EXPECT_EQ(content("moved"), "abcdabcdabcd") << "two before, one after";
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
    {
      const auto fault = injected();
    }
    EXPECT_EQ(writing(file), 0);
    ::close(file);
  });
}

TEST_F(DiskError, EndsWithItsProgram) {
  in_sandbox([&] {
    do_and_die([&] {
      install(8 << 20);
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
  const auto installed = FaultyDisk::install("data", {surroundings_, folder_.path()});
  ASSERT_FALSE(installed);
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
