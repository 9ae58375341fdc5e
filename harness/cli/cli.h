// The command line: one file a verb. Threads: the main thread only, and no other while drills
// run, since their guardians are forked from here.
#pragma once

namespace reprise {

// Returns the exit code: 0 pass, 1 a miss, 2 unusable arguments or files, 3 inconclusive,
// 4 something could not be undone, 130/143 interrupted.
int run_command_line(int count, char** words);

}  // namespace reprise
