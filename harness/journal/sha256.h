// SHA-256: of a text, or of what is written piece by piece.
//
// Ownership: plain values. Threads: any; one object, one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace reprise {

// In lower-case hex.
[[nodiscard]] std::string sha256(std::string_view bytes);

class RunningSha256 {
 public:
  RunningSha256();
  RunningSha256(RunningSha256&&) noexcept;
  RunningSha256& operator=(RunningSha256&&) noexcept;
  ~RunningSha256();
  void add(std::string_view bytes);
  // Of all that was added, in lower-case hex; nothing more can be added then.
  [[nodiscard]] std::string finish();

  struct Context;

 private:
  std::unique_ptr<Context> context_;
};

}  // namespace reprise
