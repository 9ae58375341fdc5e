// A full disk as its users meet it, in a sandbox with a disk of its own.
#include <fstream>

#include "harness/engine/site/disk.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/in_sandbox.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

// Whether `size` bytes could be written and are there.
bool writes(const fs::path& file, std::size_t size) {
  std::ofstream(file, std::ios::binary) << std::string(size, 'x') << std::flush;
  std::error_code error;
  return fs::file_size(file, error) == size;
}

class Disk : public ::testing::Test {
 protected:
  void on_a_disk(const std::function<void()>& body) {
    in_sandbox([&] {
      const auto mounted = mount_disk(path_, 1 << 20);
      ASSERT_TRUE(mounted) << why(mounted);
      surroundings_.disks["data"] = path_;
      body();
    });
  }

  TemporaryFolder folder_;
  fs::path path_ = folder_.path() / "data";
  FixedSurroundings surroundings_;
};

TEST_F(Disk, KeepsWhatTheFolderHeldAndItsMode) {
  fs::create_directories(path_ / "deep");
  std::ofstream(path_ / "deep/file") << "held";
  fs::permissions(path_, fs::perms(0700));
  on_a_disk([&] {
    std::string text;
    std::ifstream(path_ / "deep/file") >> text;
    EXPECT_EQ(text, "held");
    EXPECT_EQ(fs::status(path_).permissions(), fs::perms(0700));
    EXPECT_FALSE(writes(path_ / "big", 2 << 20));
    fs::remove(path_ / "big");
    std::ofstream(path_ / "inside") << "x";
  });
  EXPECT_FALSE(fs::exists(path_ / "inside"));
  EXPECT_FALSE(fs::exists(path_.string() + ".reprise-disk"));
}

TEST_F(Disk, HasNoRoomWhileItIsFullAndAllOfItAfterwards) {
  on_a_disk([&] {
    const auto fault = make_fault(fault_spec("disk_full", "data"), surroundings_);
    const auto receipt = fault->prepare().value();
    EXPECT_FALSE(fault->confirm());
    EXPECT_TRUE(writes(path_ / "before", 500'000));
    ASSERT_TRUE(fault->inject(receipt));
    EXPECT_FALSE(writes(path_ / "during", 5000));
    EXPECT_TRUE(fault->confirm());
    EXPECT_TRUE(fault->revert(receipt));
    EXPECT_TRUE(fault->revert(receipt));
    EXPECT_FALSE(fault->confirm());
    EXPECT_TRUE(writes(path_ / "after", 500'000));
  });
}

TEST_F(Disk, LeavesTheRoomItIsToldTo) {
  on_a_disk([&] {
    const auto fault =
        make_fault(fault_spec("disk_full", "data", {{"leave", "64KiB"}}), surroundings_);
    const auto receipt = fault->prepare().value();
    ASSERT_TRUE(fault->inject(receipt));
    EXPECT_TRUE(fault->confirm());
    EXPECT_TRUE(writes(path_ / "small", 32 << 10));
    EXPECT_FALSE(writes(path_ / "big", 128 << 10));
  });
}

TEST_F(Disk, IsNoEvidenceWhileSomebodyMadeRoomAgain) {
  on_a_disk([&] {
    EXPECT_TRUE(writes(path_ / "old", 500'000));
    const auto fault = make_fault(fault_spec("disk_full", "data"), surroundings_);
    ASSERT_TRUE(fault->inject(fault->prepare().value()));
    fs::remove(path_ / "old");
    EXPECT_FALSE(fault->confirm());
  });
}

TEST_F(Disk, HasNothingToFillWhereNoMoreIsFreeThanIsLeft) {
  on_a_disk([&] {
    const auto fault =
        make_fault(fault_spec("disk_full", "data", {{"leave", "1MiB"}}), surroundings_);
    const auto receipt = fault->prepare().value();
    EXPECT_FALSE(fault->inject(receipt));
    EXPECT_FALSE(fault->confirm());
    EXPECT_TRUE(fault->revert(receipt));
  });
}

TEST_F(Disk, IsRefusedWhereOthersShareIt) {
  const auto fault = make_fault(fault_spec("disk_full", "data"), surroundings_);
  EXPECT_FALSE(fault->prepare());
}

}  // namespace
}  // namespace reprise
