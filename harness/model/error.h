// What went wrong, where, and what to do about it.
//
// Ownership: plain values. Threads: immutable after construction.
#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace reprise {

// A place in a user's file. Lines and columns count from 1; 0 means "unknown".
struct Location {
  std::string file;
  int line = 0;
  int column = 0;

  // "file:line:column", or as much of it as is known; empty when nothing is.
  [[nodiscard]] std::string text() const;
  bool operator==(const Location&) const = default;
};

struct Error {
  std::string what;    // what was found and what was expected, no final period
  std::string remedy;  // what the user can do; may be empty
  Location where;      // may be unknown

  // "file:line:column: what (remedy)".
  [[nodiscard]] std::string text() const;
};

template <class T>
using Result = std::expected<T, Error>;

// Diagnostics of a file: every problem found, in file order.
using Errors = std::vector<Error>;

// `return failure("cannot open {}: {}", path, reason);`
template <class... Args>
[[nodiscard]] std::unexpected<Error> failure(fmt::format_string<Args...> format, Args&&... args) {
  return std::unexpected(Error{fmt::format(format, std::forward<Args>(args)...), {}, {}});
}

// Stops the program, in every build, when one of our own invariants is broken.
#define REPRISE_REQUIRE(condition) \
  ((condition) ? void() : ::reprise::broken_invariant(#condition, __FILE__, __LINE__))
[[noreturn]] void broken_invariant(const char* condition, const char* file, int line);

}  // namespace reprise
