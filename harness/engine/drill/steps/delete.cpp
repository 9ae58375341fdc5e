#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "harness/engine/drill/step.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

boost::asio::awaitable<Result<std::string>> remove_file(const Step& step, StepContext& context) {
  const auto name = step.options.at("value").get<std::string>();
  auto path = context.surroundings.file(name);
  if (!path) co_return std::unexpected(path.error());
  // A link itself is removed, never what it points to.
  if (::unlink(path->c_str()) == 0) co_return fmt::format("deleted {}", name);
  if (errno == ENOENT || errno == ENOTDIR) co_return fmt::format("{} was absent already", name);
  co_return failure("{} cannot be deleted: {}", path->string(), std::strerror(errno));
}

const Registered<StepKind> delete_registered{
    StepKind{KindInfo{.name = "delete",
                      .summary = "Deletes a file that the plan names under files.",
                      .options = Shape::name_of(Target::file),
                      .example = {{"delete", "predictions"}}},
             remove_file}};

}  // namespace
}  // namespace reprise
