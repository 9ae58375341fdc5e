// The body of a test, run in a sandbox of its own: kernel faults meet nobody else there.
//
// A failed expectation inside fails the test; where the machine allows no sandbox the test is
// skipped and says why. Threads: the process must be single-threaded.
#pragma once

#include <cstdio>
#include <functional>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "harness/engine/undo/sandbox.h"

namespace reprise {

inline void in_sandbox(const std::function<void()>& body) {
  auto inside = [&] {
    body();
    std::fflush(nullptr);
    return ::testing::Test::HasFailure() ? 1 : 0;
  };
  const auto first = fork_sandboxed(inside);
  if (!first) GTEST_SKIP() << "no sandbox on this machine: " << first.error().text();
  int status = 0;
  ::waitpid(*first, &status, 0);
  EXPECT_EQ(status, 0) << "failed inside the sandbox, see above";
}

}  // namespace reprise
