// A disk of the test's own that can fail, and a fault to put into it.
//
// Ownership: a fixture of each test. Threads: one.
#pragma once

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/engine/site/disk.h"
#include "injectors/failing_disk/faulty_disk.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/in_sandbox.h"
#include "tests/support/postgres_server.h"
#include "tests/support/said_by.h"
#include "tests/support/temporary_folder.h"

namespace reprise {

class FailingDisk : public testing::Test {
 protected:
  void install(std::uint64_t size) {
    const auto mounted = mount_disk(path_, size);
    ASSERT_TRUE(mounted) << why(mounted);
    beneath_ = ::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    surroundings_.disks["data"] = path_;
    auto installed = FaultyDisk::install("data", {surroundings_, folder_.path()});
    ASSERT_TRUE(installed) << why(installed);
    laid_ = std::move(*installed);
    surroundings_.installed = laid_.get();
  }
  void on_the_disk(const std::function<void()>& body, std::uint64_t size = 8 << 20) {
    in_sandbox([&] {
      install(size);
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
  std::filesystem::path path_ = folder_.path() / "data";
  FixedSurroundings surroundings_;
  std::unique_ptr<Instrument> laid_;
  int beneath_ = -1;
};

}  // namespace reprise
