// A condition: the file is there and nobody can use it.
//
// by: mode    mode 000; opening fails with EACCES. It stops nobody who has CAP_DAC_OVERRIDE, as
//             root has, so it is refused where this process itself has such a privilege.
// by: folder  a directory of the same name stands in the file's place; opening it for writing and
//             reading from it fail with EISDIR, for root as well.
#include <unistd.h>

#include <fstream>

#include "harness/model/registry.h"
#include "injectors/moved_files/file_fault.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

// CAP_DAC_OVERRIDE or CAP_DAC_READ_SEARCH, bits 1 and 2. The drill's services inherit ours.
bool modes_do_not_bind_us() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("CapEff:")) {
      return (std::stoull(line.substr(7), nullptr, 16) & 0b110ULL) != 0;
    }
  }
  return ::geteuid() == 0;
}

class FileDeny final : public FileFault {
 public:
  FileDeny(const FaultSpec& spec, const Surroundings& surroundings)
      : FileFault(spec, surroundings), by_(spec.with.value("by", "")) {}

 private:
  Result<void> plan(const MovedFile& file, nlohmann::json& receipt) override {
    const bool privileged = modes_do_not_bind_us();
    if (by_.empty()) by_ = privileged ? "folder" : "mode";
    if (by_ == "mode" && privileged) {
      return std::unexpected(
          Error{"the mode of a file stops nobody who runs as root (CAP_DAC_OVERRIDE)",
                "use `by: folder`, or run the drill as another user",
                {}});
    }
    if (by_ == "mode" && file.owner() != ::geteuid()) {
      return failure("{} belongs to user {}: its mode cannot be changed", file.path(),
                     file.owner());
    }
    if (by_ == "mode" && !file.read(1)) return failure("{} is denied already", file.path());
    receipt["by"] = by_;
    return {};
  }

  Result<void> act(MovedFile& file, const nlohmann::json& receipt) override {
    const auto by = receipt_field<std::string>(receipt, "by");
    if (!by) return std::unexpected(by.error());
    return *by == "mode" ? file.forbid() : file.replace_by_folder();
  }

  std::optional<std::string> evidence(const MovedFile& file) override {
    const auto bytes = file.read(1);
    if (bytes) return std::nullopt;
    return bytes.error().what;
  }

  std::string by_;
};

const Registered<FaultKind> file_deny_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "file_deny",
            .summary = "Makes a file unusable while it lasts: no permission, or, where permissions "
                       "bind nobody (root), a directory of the same name.",
            .options = Shape::object(
                {{.name = "by",
                  .shape = Shape::choice({"mode", "folder"}),
                  .doc = "mode: EACCES, not for root; folder: EISDIR, for everybody. Default: "
                         "mode, or folder where the drill runs as root."}}),
            .example = {{"inject", "file_deny"},
                        {"into", "cache"},
                        {"with", nlohmann::json::object()},
                        {"at", "2s"},
                        {"for", "5s"}},
        },
        Nature::condition, Target::file},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<FileDeny>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
