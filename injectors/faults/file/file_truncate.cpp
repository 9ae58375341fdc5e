// An event: the file ends too early, as after a crash in the middle of a write.
#include "harness/model/registry.h"
#include "injectors/moved_files/file_fault.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

class FileTruncate final : public FileFault {
 public:
  FileTruncate(const FaultSpec& spec, const Surroundings& surroundings, std::uint64_t to)
      : FileFault(spec, surroundings), to_(to) {}

 private:
  Result<void> plan(const MovedFile& file, nlohmann::json& receipt) override {
    if (to_ >= file.size()) {
      return failure("{} has {} bytes and cannot be truncated to {}", file.path(), file.size(),
                     to_);
    }
    receipt["to"] = to_;
    return {};
  }

  Result<void> act(MovedFile& file, const nlohmann::json& receipt) override {
    const auto to = receipt_field<std::uint64_t>(receipt, "to");
    if (!to) return std::unexpected(to.error());
    const auto kept = file.read(*to);
    if (!kept) return std::unexpected(kept.error());
    const auto here = file.here();
    if (!here || static_cast<std::uint64_t>(here->st_size) <= *to) {
      return failure("{} has become too short to be cut to {} bytes", file.path(), *to);
    }
    before_ = static_cast<std::uint64_t>(here->st_size);
    return file.replace(*kept);
  }

  std::optional<std::string> evidence(const MovedFile& file) override {
    if (!file.is_aside()) return std::nullopt;
    return fmt::format("{} was cut from {} bytes to {}", file.path(), before_, to_);
  }

  std::uint64_t to_;
  std::uint64_t before_ = 0;
};

const Registered<FaultKind> file_truncate_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "file_truncate",
            .summary = "Cuts a file short; one that the system writes anew is left as it is.",
            .options = Shape::object({{.name = "to",
                                       .shape = Shape::size(),
                                       .doc = "How much of the beginning is left, at most 64MiB; "
                                              "default 0B."}}),
            .example = {{"inject", "file_truncate"},
                        {"into", "cache"},
                        {"with", {{"to", "16B"}}},
                        {"at", "2s"}},
        },
        Nature::event, Target::file},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      const auto to = parse_size(spec.with.value("to", "0B"));
      if (!to) return std::unexpected(to.error());
      if (*to > most_bytes_read) return failure("`to` is at most 64MiB");
      return std::make_unique<FileTruncate>(spec, surroundings, *to);
    }}};

}  // namespace
}  // namespace reprise
