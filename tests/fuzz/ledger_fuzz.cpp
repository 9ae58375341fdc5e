// A ledger's file may come from anybody: whatever the bytes, reading it and counting what was lost
// end with an error or figures, never with a crash. The first two bytes choose the incident.
#include <cstdint>
#include <string_view>

#include "harness/judge/data_loss.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
  const auto ledger = reprise::parse_ledger(bytes, "fuzzed");
  if (!ledger) return 0;
  const reprise::Duration commanded{data[0] * 1000};
  const reprise::Failure failure{commanded, commanded + reprise::Duration{data[1]}};
  (void)reprise::data_loss(*ledger, failure, 1);
  return 0;
}
