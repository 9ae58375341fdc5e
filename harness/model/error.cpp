#include "harness/model/error.h"

#include <cstdio>
#include <cstdlib>

namespace reprise {

std::string Location::text() const {
  if (line <= 0) return file;
  if (column <= 0) return fmt::format("{}:{}", file, line);
  return fmt::format("{}:{}:{}", file, line, column);
}

std::string Error::text() const {
  std::string out = where.text();
  if (!out.empty()) out += ": ";
  out += what;
  if (!remedy.empty()) out += fmt::format(" ({})", remedy);
  return out;
}

void broken_invariant(const char* condition, const char* file, int line) {
  fmt::print(stderr, "reprise: internal error: {} does not hold at {}:{}\n", condition, file, line);
  std::abort();
}

}  // namespace reprise
