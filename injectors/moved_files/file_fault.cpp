#include "injectors/moved_files/file_fault.h"

namespace reprise {

Result<nlohmann::json> FileFault::prepare() {
  const auto file = MovedFile::find(surroundings_, spec_.into);
  if (!file) return std::unexpected(file.error());
  nlohmann::json receipt = file->receipt();
  if (auto planned = plan(*file, receipt); !planned) return std::unexpected(planned.error());
  return receipt;
}

Result<void> FileFault::inject(const nlohmann::json& receipt) {
  auto file = MovedFile::recall(receipt);
  if (!file) return std::unexpected(file.error());
  if (!*file) return failure("the folder of {} is gone", spec_.into);
  if (auto done = act(**file, receipt); !done) return done;
  acted_at_ = surroundings_.now();
  acted_on_ = std::move(*file);
  return {};
}

Result<void> FileFault::revert(const nlohmann::json& receipt) {
  acted_on_.reset();
  auto file = MovedFile::recall(receipt);
  if (!file) return std::unexpected(file.error());
  if (!*file) return {};
  return (*file)->put_back();
}

std::optional<Bite> FileFault::confirm() {
  if (!acted_on_) return std::nullopt;
  auto seen = evidence(*acted_on_);
  if (!seen) return std::nullopt;
  return Bite{acted_at_, std::move(*seen)};
}

}  // namespace reprise
