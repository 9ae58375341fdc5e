// What passes through a disk that can fail while nothing is to fail.
#include "tests/injectors/failing_disk.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

class DiskThatCanFail : public FailingDisk {};

TEST_F(DiskThatCanFail, LetsNamesAndTheirAttributesPass) {
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

TEST_F(DiskThatCanFail, LetsContentPass) {
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
    fs::create_directory(path_ / "folder");
    const int orphan = open_new("folder/orphan");
    EXPECT_EQ(::unlink((path_ / "folder/orphan").c_str()), 0);
    EXPECT_EQ(::rmdir((path_ / "folder").c_str()), 0);
    EXPECT_EQ(writing(orphan), 0);
    ::close(orphan);
    ::close(appending);
    ::close(file);
    EXPECT_TRUE(comes_true([&] { return fs::space(path_).free == 8U << 20; }));
  });
}

TEST_F(DiskThatCanFail, LetsLocksAndOwnersPass) {
  on_the_disk([&] {
    fs::permissions(folder_.path(), fs::perms(0755));
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

}  // namespace
}  // namespace reprise
