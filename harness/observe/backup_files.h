// The backups in a folder, as far as their files tell.
//
// Ownership: plain values. Threads: any; it reads files and may block.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/model/error.h"
#include "harness/model/time.h"
#include "harness/observe/backup_contents.h"
#include "harness/observe/name_date.h"

namespace reprise {

struct BackupRules {
  std::filesystem::path folder;
  std::string files;              // a pattern for fnmatch(3)
  std::optional<NameDate> dated;  // nothing: the time of modification counts
  bool checksum = false;          // FILE.sha256 lies beside it, as sha256sum writes it
};

// One backup, however many names and copies it has: the newest of them that is sound.
struct BackupFile {
  std::filesystem::path path;
  UtcInstant taken, oldest;  // by this name, and by the one that tells the longest ago
  std::string state;         // of the file: another one when it was written or replaced
  std::string unsound;       // why it cannot be restored; empty: nothing known
};

struct BackupList {
  std::vector<BackupFile> each;  // newest first
  bool counted = true;           // whether it is known of all that they are not the same
  // What is hidden is no backup to restore from, and kept all the same.
  std::optional<UtcInstant> oldest_hidden;
  bool all_dated = true;  // whether every hidden folder could be read
};

// In the folder and below, behind links to folders as well. A folder that is not there holds none;
// one that cannot be read is an error. With `dated`, a file whose name is not of that form is no
// backup. Names of one file, links to it and files of the same content are one backup.
[[nodiscard]] Result<BackupList> backup_files(const BackupRules& rules, BackupContents& contents,
                                              UtcInstant now);

}  // namespace reprise
