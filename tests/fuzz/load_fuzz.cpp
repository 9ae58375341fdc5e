// Feeds a plan and a scenario, separated by a line "%%%", through the whole loader, and the same
// bytes as JSON through the decoders. Whatever loads must decode to the same, and every error must
// be one line without control characters.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/model/documents/encoding.h"
#include "harness/model/scenario/scenario.h"
#include "tests/model/sample_vocabulary.h"

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// One folder for the whole run: a file system in memory makes this fast.
const fs::path& folder() {
  static const fs::path path = [] {
    std::string pattern = (fs::temp_directory_path() / "load_fuzz.XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    fs::create_directory(fs::path(pattern) / "system");
    return fs::path(pattern);
  }();
  return path;
}

void write(const char* name, std::string_view text) {
  std::ofstream file(folder() / name, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
}

void check_errors(const reprise::Errors& errors) {
  if (errors.empty()) std::abort();
  for (const auto& error : errors) {
    auto text = error.text();
    bool one_line = text.find('\n') == std::string::npos;
    if (!one_line || reprise::find_bad_byte(text)) std::abort();
  }
}

void check_loading(std::string_view input) {
  constexpr std::string_view separator = "\n%%%\n";
  auto cut = std::min(input.find(separator), input.size());
  write("plan.yaml", input.substr(0, cut));
  write("scenario.yaml", input.substr(std::min(cut + separator.size(), input.size())));
  auto plans = reprise::load({folder()}, reprise::sample_vocabulary());
  if (!plans) return check_errors(plans.error());
  for (const auto& loaded : *plans) {
    auto plan = reprise::decode_plan(json::parse(loaded.plan.resolved.dump()));
    if (!plan || plan->resolved != loaded.plan.resolved) std::abort();
    for (const auto& scenario : loaded.scenarios) {
      auto again = reprise::decode_scenario(json::parse(scenario.resolved.dump()));
      if (!again || again->resolved != scenario.resolved) std::abort();
    }
  }
}

void check_decoding(std::string_view input) {
  auto value = json::parse(input, nullptr, false);
  if (value.is_discarded()) return;
  auto plan = reprise::decode_plan(value);
  auto scenario = reprise::decode_scenario(value);
  if (!plan && plan.error().what.empty()) std::abort();
  if (!scenario && scenario.error().what.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  check_loading(input);
  check_decoding(input);
  return 0;
}
