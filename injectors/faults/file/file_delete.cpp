// An event: the file's name is gone, as after `rm`. It is renamed aside rather than removed, so
// that the drill's folder can be tidied; a program that lists hidden files would see it there.
#include "harness/model/registry.h"
#include "injectors/moved_files/file_fault.h"

namespace reprise {
namespace {

class FileDelete final : public FileFault {
 public:
  using FileFault::FileFault;

 private:
  Result<void> plan(const MovedFile&, nlohmann::json&) override { return {}; }

  Result<void> act(MovedFile& file, const nlohmann::json&) override { return file.take_away(); }

  std::optional<std::string> evidence(const MovedFile& file) override {
    if (!file.is_aside()) return std::nullopt;
    return fmt::format("{} ({} bytes) is gone", file.path(), file.size());
  }
};

const Registered<FaultKind> file_delete_registered{FaultKind{
    FaultInfo{KindInfo{
                  .name = "file_delete",
                  .summary = "Deletes a file; one that the system writes anew is left as it is.",
                  .options = Shape::object({}),
                  .example = {{"inject", "file_delete"},
                              {"into", "cache"},
                              {"with", nlohmann::json::object()},
                              {"at", "2s"}},
              },
              Nature::event, Target::file},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<FileDelete>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
