// An event: the file is there, with other bytes in it. Which ones depends on the seed alone, so a
// drill can be played again.
#include <random>

#include "harness/journal/journal.h"
#include "harness/model/registry.h"
#include "injectors/moved_files/file_fault.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

struct Corruption {
  std::string how;
  std::optional<std::uint64_t> bytes;
  std::optional<std::uint64_t> seed;
};

std::string corrupt(std::string bytes, const Corruption& corruption, std::uint64_t seed) {
  if (corruption.how == "not-json") return "{\"reprise\": this is not JSON\n";
  std::mt19937_64 random(seed);
  const std::uint64_t count =
      std::min<std::uint64_t>(corruption.bytes.value_or(bytes.size()), bytes.size());
  const std::uint64_t from = random() % (bytes.size() - count + 1);
  for (std::uint64_t index = from; index < from + count; ++index) {
    // Never 0 as the difference: every byte that is meant to change does. Added: the second
    // of two rounds that draw the same would undo the first one's exclusive or.
    const auto difference = static_cast<unsigned char>(1 + random() % 127);
    const auto before = static_cast<unsigned char>(bytes[index]);
    bytes[index] = corruption.how == "zero" ? '\0' : static_cast<char>(before + difference);
  }
  return bytes;
}

class FileCorrupt final : public FileFault {
 public:
  FileCorrupt(const FaultSpec& spec, const Surroundings& surroundings, Corruption corruption)
      : FileFault(spec, surroundings), corruption_(std::move(corruption)) {}

 private:
  Result<void> plan(const MovedFile& file, nlohmann::json& receipt) override {
    if (corruption_.how != "not-json" && file.size() == 0) {
      return failure("{} is empty: there is nothing to corrupt", file.path());
    }
    if (file.size() > most_bytes_read) {
      return failure("{} has {} bytes; at most {} can be corrupted", file.path(), file.size(),
                     most_bytes_read);
    }
    receipt["how"] = corruption_.how;
    receipt["seed"] = corruption_.seed.value_or(draw_seed());
    return {};
  }

  Result<void> act(MovedFile& file, const nlohmann::json& receipt) override {
    const auto seed = receipt_field<std::uint64_t>(receipt, "seed");
    if (!seed) return std::unexpected(seed.error());
    const auto bytes = file.read(most_bytes_read);
    if (!bytes) return std::unexpected(bytes.error());
    if (bytes->empty() && corruption_.how != "not-json") {
      return failure("{} has become empty: there is nothing to corrupt", file.path());
    }
    const std::string corrupted = corrupt(*bytes, corruption_, *seed);
    changed_ = corrupted != *bytes;
    before_ = sha256(*bytes);
    after_ = sha256(corrupted);
    return file.replace(corrupted);
  }

  std::optional<std::string> evidence(const MovedFile& file) override {
    if (!changed_ || !file.is_aside()) return std::nullopt;
    return fmt::format("{} was corrupted ({}): SHA-256 {}… became {}…", file.path(),
                       corruption_.how, before_.substr(0, 12), after_.substr(0, 12));
  }

  Corruption corruption_;
  bool changed_ = false;
  std::string before_;
  std::string after_;
};

Result<std::unique_ptr<Injector>> make_file_corrupt(const FaultSpec& spec,
                                                    const Surroundings& surroundings) {
  Corruption corruption{spec.with.value("how", "random-bytes"), std::nullopt, std::nullopt};
  if (spec.with.contains("bytes")) {
    if (corruption.how == "not-json") {
      return failure("`bytes` has no meaning with `how: not-json`, which replaces the whole file");
    }
    const auto bytes = parse_size(spec.with.at("bytes").get<std::string>());
    if (!bytes) return std::unexpected(bytes.error());
    if (*bytes == 0) return failure("`bytes: 0B` would corrupt nothing");
    corruption.bytes = *bytes;
  }
  if (spec.with.contains("seed")) corruption.seed = spec.with.at("seed").get<std::uint64_t>();
  return std::make_unique<FileCorrupt>(spec, surroundings, std::move(corruption));
}

const Registered<FaultKind> file_corrupt_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "file_corrupt",
            .summary =
                "Damages a file's content; one that the system writes anew is left as it is.",
            .options = Shape::object(
                {{.name = "how",
                  .shape = Shape::choice({"random-bytes", "not-json", "zero"}),
                  .doc = "Bytes at random, a text that is no JSON, or zeros; default "
                         "random-bytes."},
                 {.name = "bytes",
                  .shape = Shape::size(),
                  .doc = "How many bytes, in one run at a random place; default the whole file."},
                 {.name = "seed",
                  .shape = Shape::integer(0, 1'000'000'000),
                  .doc = "Which bytes, in every drill; default drawn from the drill's seed."}}),
            .example = {{"inject", "file_corrupt"},
                        {"into", "cache"},
                        {"with", {{"how", "not-json"}}},
                        {"at", "2s"}},
        },
        Nature::event, Target::file},
    make_file_corrupt}};

}  // namespace
}  // namespace reprise
