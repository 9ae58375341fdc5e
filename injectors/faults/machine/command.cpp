// Your own fault: a command that breaks something and, when there is one, a command that mends it.
// With `undo` it is a condition, without it an event.
//
// The commands run in the drill's folder with the drill's environment. The undo may be called when
// `inject` ran half, not at all, or has been undone already: it must be able to bear that.
#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/run_command.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

using Arguments = std::vector<std::string>;

constexpr auto confirm_every = 100ms;

class Command final : public Injector {
 public:
  Command(const FaultSpec& spec, const Surroundings& surroundings, Duration within)
      : with_(spec.with), within_(within), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    const auto folder = find_folder();
    if (!folder) return std::unexpected(folder.error());
    nlohmann::json receipt{{"folder", folder->string()}, {"within", within_.count()}};
    for (const char* part : {"inject", "undo", "confirm"}) {
      if (!with_.contains(part)) continue;
      const auto arguments = resolved_words(surroundings_, with_.at(part));
      if (!arguments) return std::unexpected(arguments.error());
      receipt[part] = *arguments;
    }
    return receipt;
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    const auto outcome = run(receipt, "inject");
    if (!outcome) return std::unexpected(outcome.error());
    if (!outcome->succeeded()) return failure("the command {}", outcome->text(within_));
    injected_ = receipt;
    injected_at_ = surroundings_.now();
    return {};
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    injected_.reset();
    if (!receipt.is_object() || !receipt.contains("folder")) {
      return failure("the receipt has no \"folder\"");
    }
    if (!receipt.contains("undo")) return {};
    const auto outcome = run(receipt, "undo");
    if (!outcome) return std::unexpected(outcome.error());
    if (!outcome->succeeded()) return failure("the undo {}", outcome->text(within_));
    return {};
  }

  std::optional<Bite> confirm() override {
    if (!injected_) return std::nullopt;
    if (!injected_->contains("confirm")) {
      return Bite{injected_at_, "the command ended with 0"};
    }
    const Instant now = surroundings_.now();
    if (confirmed_at_ && now - *confirmed_at_ < confirm_every) return std::nullopt;
    confirmed_at_ = now;
    const auto outcome = run(*injected_, "confirm");
    if (!outcome || !outcome->succeeded()) return std::nullopt;
    return Bite{now, fmt::format("the confirming command {}", outcome->text(within_))};
  }

 private:
  Result<std::filesystem::path> find_folder() const {
    auto folder = resolved_folder(surroundings_, with_);
    std::error_code error;
    if (folder && !std::filesystem::is_directory(*folder, error)) {
      return failure("there is no folder {}", folder->string());
    }
    return folder;
  }

  Result<CommandOutcome> run(const nlohmann::json& receipt, const char* part) const {
    const auto arguments = receipt_field<Arguments>(receipt, part);
    if (!arguments) return std::unexpected(arguments.error());
    auto folder = receipt_field<std::string>(receipt, "folder");
    if (!folder) return std::unexpected(folder.error());
    // The drill's folder may be gone by the time of an undo, and with it what the command broke;
    // whether that is so, only the command knows.
    std::error_code error;
    if (!std::filesystem::is_directory(*folder, error)) *folder = "/";
    return run_command(*arguments, *folder, surroundings_.environment(), within_);
  }

  nlohmann::json with_;
  Duration within_;
  const Surroundings& surroundings_;
  std::optional<nlohmann::json> injected_;
  Instant injected_at_{};
  std::optional<Instant> confirmed_at_;
};

Result<std::unique_ptr<Injector>> make_command(const FaultSpec& spec,
                                               const Surroundings& surroundings) {
  const auto within = parse_duration(spec.with.value("within", "10s"));
  if (!within) return std::unexpected(within.error());
  if (*within == Duration::zero()) return failure("`within: 0s` leaves the commands no time");
  return std::make_unique<Command>(spec, surroundings, *within);
}

const Registered<FaultKind> command_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "command",
            .summary = "Runs your own command to break something, and another one to mend it.",
            .options = Shape::object(
                {{.name = "inject",
                  .shape = Shape::list(Shape::text(), 1),
                  .need = required,
                  .doc = "The command that breaks something, as a list of arguments, no shell."},
                 {.name = "undo",
                  .shape = Shape::list(Shape::text(), 1),
                  .doc = "The command that mends it; must also succeed when there is nothing to "
                         "mend. Without it the fault is an event."},
                 {.name = "confirm",
                  .shape = Shape::list(Shape::text(), 1),
                  .doc = "Ends with 0 once the fault has had an effect; default: it has had one "
                         "when `inject` ended with 0."},
                 {.name = "folder",
                  .shape = Shape::text(),
                  .doc = "Where to run, relative to the drill's folder; default that folder."},
                 {.name = "within",
                  .shape = Shape::duration(),
                  .doc = "The time each command has before it is killed; default 10s."}}),
            .example = {{"inject", "command"},
                        {"with",
                         {{"inject", {"touch", "maintenance"}},
                          {"undo", {"rm", "-f", "maintenance"}},
                          {"confirm", {"test", "-e", "maintenance"}}}},
                        {"at", "2s"},
                        {"for", "5s"}},
        },
        Nature::condition, Target::none, "undo"},
    make_command}};

}  // namespace
}  // namespace reprise
