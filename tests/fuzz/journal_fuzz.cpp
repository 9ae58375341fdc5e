// A journal may come from anybody: whatever the bytes, reading and judging end with an error or a
// verdict, never with a crash. A 0x00 byte separates the journal from the guardian's file.
//
// The chain and the numbers would stop every mutation at its second line, so each line is chained
// and numbered anew first.
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/journal/journal.h"
#include "harness/judge/judge.h"

namespace {

// Gives every line that ends in a "prev" the hash of the line before, and its own number.
std::string chained(std::string_view text, std::string& head) {
  constexpr std::string_view mark = R"("prev":")";
  constexpr std::string_view number = R"({"n":)";
  std::string out;
  std::size_t n = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string line(text.substr(0, end));
    const auto at = line.rfind(mark);
    if (at != std::string::npos) line = line.substr(0, at) + std::string(mark) + head + "\"}";
    const auto comma = line.find(',');
    if (line.starts_with(number) && comma != std::string::npos) {
      line = std::string(number) + std::to_string(n) + line.substr(comma);
    }
    ++n;
    head = reprise::sha256(line);
    out += line;
    if (end == std::string_view::npos) break;
    out += '\n';
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto split = bytes.find('\0');
  const auto second =
      split == std::string_view::npos ? std::string_view() : bytes.substr(split + 1);
  (void)reprise::read_record(bytes, "", "raw");
  std::string head = reprise::sha256("");
  const std::string journal = chained(bytes.substr(0, split), head);
  const std::string guardian = chained(second, head);
  const auto record = reprise::read_record(journal, guardian, "chained");
  if (record) (void)reprise::judge(*record);
  return 0;
}
