// The backups in a folder, as far as their files tell.
//
// Ownership: plain values. Threads: any; it reads files and may block.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/model/error.h"
#include "harness/model/time.h"

namespace reprise {

struct BackupRules {
  std::filesystem::path folder;
  std::string files;      // a pattern for fnmatch(3)
  std::string dated;      // a format for strptime(3), UTC; empty: the time of modification counts
  bool checksum = false;  // FILE.sha256 lies beside it, as sha256sum writes it
};

struct BackupFile {
  std::filesystem::path path;
  UtcInstant taken;
  std::string state;    // of the file: another one when it was written or replaced
  std::string unsound;  // why it cannot be restored; empty: nothing known
};

// In the folder and below, newest first; what is hidden is passed over. A folder that is not there
// holds none; one that cannot be read is an error. With `dated`, a file whose name is not of that
// form is no backup.
[[nodiscard]] Result<std::vector<BackupFile>> backup_files(const BackupRules& rules,
                                                           UtcInstant now);

}  // namespace reprise
