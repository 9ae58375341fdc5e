#include "injectors/receipts/seed.h"

#include "harness/journal/journal.h"

namespace reprise {

std::uint64_t seed_of(const FaultSpec& spec, const Surroundings& surroundings) {
  const auto drill = surroundings.resolve("${seed}");
  const auto digest = sha256(fmt::format("{} {}", drill.value_or(""), spec.id));
  return std::stoull(digest.substr(0, 16), nullptr, 16);
}

}  // namespace reprise
