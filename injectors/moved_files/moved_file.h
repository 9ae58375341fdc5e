// A file that a fault takes away, replaces or forbids, and gets back.
//
// The original is never copied: beside its place and on the same file system it keeps a name of its
// own, ".reprise-HANDLE-NAME", from before the first change until the revert. What stands in its
// place is either nothing, or something that we can tell to be ours. The revert puts the original
// back only where nothing of the system's own has come up meanwhile.
//
// Everything is done relative to a descriptor of the file's folder, which is reached from the
// drill's folder without following one symbolic link; a link in the way is an error.
// A process that holds the file open keeps seeing the original: what is faulted is the name.
// Ownership: a MovedFile owns the descriptor of the folder. Threads: one at a time.
#pragma once

#include <optional>
#include <string>

#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include "harness/engine/site/surroundings.h"
#include "harness/model/error.h"

namespace reprise {

// The most that is read from a file, to change it or to hash it.
inline constexpr std::uint64_t most_bytes_read = 64ULL << 20;

class MovedFile {
 public:
  // Looks at a file of the plan; an error when it is absent, no regular file, reached through a
  // symbolic link, or outside the drill's folder.
  static Result<MovedFile> find(const Surroundings& surroundings, const std::string& name);
  // The same file from a receipt; nothing when its folder is gone, and everything of ours with it.
  static Result<std::optional<MovedFile>> recall(const nlohmann::json& receipt);

  MovedFile(MovedFile&& other) noexcept;
  MovedFile& operator=(MovedFile&& other) noexcept;
  ~MovedFile();

  // {folder, path, handle, aside, size, mode, uid, gid, device, inode, sha256}; sha256 is null for
  // a file that is too large or that we may not read.
  [[nodiscard]] nlohmann::json receipt() const;

  // The file is gone.
  Result<void> take_away();
  // A file with these bytes, and the original's owner and mode, stands in its place.
  Result<void> replace(const std::string& bytes);
  // A directory stands in its place: reading and writing it fail with EISDIR, for root as well.
  Result<void> replace_by_folder();
  // Mode 000: nobody without privileges may open it.
  Result<void> forbid();

  // Undoes whichever of the above was begun.
  Result<void> put_back();

  // A copy with these bytes and this time of its last change stands in its place, and what stood
  // there, the original or what the system has written over an earlier copy, is kept instead of
  // what was kept before. Gives the copy as it came to its place.
  Result<struct stat> hide(const std::string& bytes, const timespec& modified);
  // Undoes that, where the newest version stays; a file that the system has deleted stays deleted.
  Result<void> show_newest(const timespec& modified);

  // Bytes of the file as it is now, as far as there are any; an error beyond most_bytes_read.
  [[nodiscard]] Result<std::string> read(std::uint64_t count) const;
  // What has the file's name at this moment, and what is kept under its other name.
  [[nodiscard]] std::optional<struct stat> here() const { return look(name_); }
  [[nodiscard]] std::optional<struct stat> kept() const { return look(aside()); }
  // Whether the original is kept under its other name at this moment.
  [[nodiscard]] bool is_aside() const { return look(aside()).has_value(); }
  // The original as find saw it.
  [[nodiscard]] std::uint64_t size() const { return static_cast<std::uint64_t>(seen_.st_size); }
  [[nodiscard]] unsigned mode() const { return seen_.st_mode & 07777; }
  [[nodiscard]] uid_t owner() const { return seen_.st_uid; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  MovedFile() = default;
  [[nodiscard]] std::string own_name(std::string_view end) const;
  [[nodiscard]] std::string aside() const { return own_name(""); }
  [[nodiscard]] std::string stand_in() const { return own_name(".new"); }   // before its place
  [[nodiscard]] std::string swapped() const { return own_name(".swap"); }   // with what is there
  [[nodiscard]] std::string next() const { return own_name(".next"); }      // to be kept
  [[nodiscard]] std::string digest() const { return own_name(".sha256"); }  // of the stand-in
  [[nodiscard]] std::string mark() const { return ".reprise-" + handle_; }  // in our directory
  [[nodiscard]] std::optional<struct stat> look(const std::string& name) const;
  [[nodiscard]] Result<std::string> read(const std::string& name, std::uint64_t count) const;
  [[nodiscard]] bool is_our_folder(const std::string& name) const;
  [[nodiscard]] bool is_our_file(const std::string& name) const;
  [[nodiscard]] std::unexpected<Error> trouble(std::string_view doing, int code) const;
  [[nodiscard]] static bool same_file(const struct stat& one, const struct stat& other);
  [[nodiscard]] bool is_our_copy(const std::string& name, const timespec& modified) const;
  Result<void> write_new(const std::string& name, const std::string& bytes,
                         const timespec* modified = nullptr) const;
  Result<void> swap_in() const;
  Result<void> rename(const std::string& from, const std::string& to) const;
  Result<void> remove(const std::string& name) const;
  Result<void> remove_our_folder(const std::string& name) const;
  Result<void> restore_if_absent() const;
  Result<void> settle_original() const;
  Result<void> allow_again() const;

  std::string folder_;  // the drill's
  std::string path_;    // absolute
  std::string name_;    // last part of path_
  std::string handle_;
  struct stat seen_{};
  int directory_ = -1;
};

}  // namespace reprise
