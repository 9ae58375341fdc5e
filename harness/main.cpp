#include "harness/cli/cli.h"

int main(int count, char** words) { return reprise::run_command_line(count, words); }
