#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/engine/drill/trial.h"
#include "harness/engine/targets/target_kind.h"
#include "harness/engine/undo/sandbox.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct Trial {
  std::string fault;  // its name, and the options that are not the example's
  std::string state;  // works, not here, not tried
  std::string how;    // empty, with what, or why not
};

Trial result(const std::string& fault, bool works, const std::string& how) {
  return {fault, works ? "works" : "not here", how};
}

Trial examine(const TrialOf& trial, const std::string& name, bool sandbox) {
  if (!trial.kind.untried.empty()) return {name, "not tried", trial.kind.untried};
  const TargetKind* target = Registry<TargetKind>::find(trial.kind.target);
  const bool outside_only = target && target->outside_only;
  if (outside_only && trial.database.empty()) {
    return {name, "not tried", "it needs a PostgreSQL database: --database URL"};
  }
  const auto outside = try_fault(trial, /*sandboxed=*/false);
  if (!sandbox || outside_only) {
    return result(name, outside.has_value(), outside ? *outside : outside.error().text());
  }
  const auto inside = try_fault(trial, /*sandboxed=*/true);
  if (inside && !inside->empty()) return result(name, true, *inside);
  if (inside) return result(name, true, outside ? "" : "with the sandbox");
  const std::string why = inside.error().text();
  return result(name, outside.has_value(), outside ? "without the sandbox only: " + why : why);
}

std::vector<Trial> examine_all(const std::string& database, bool sandbox) {
  std::vector<Trial> trials;
  for (const FaultKind* kind : Registry<FaultKind>::all()) {
    const auto with = kind->example.value("with", nlohmann::json::object());
    trials.push_back(examine({*kind, with, database}, kind->name, sandbox));
    for (const auto& variant : kind->variants) {
      std::string name = kind->name;
      for (const auto& [option, value] : variant.items()) {
        name += fmt::format(" {}: {}", option,
                            value.is_string() ? value.get<std::string>() : value.dump());
      }
      auto varied = with;
      varied.update(variant);
      trials.push_back(examine({*kind, varied, database}, name, sandbox));
    }
  }
  return trials;
}

void print(const Trial& trial) {
  fmt::print("{:<26} {}{}{}\n", trial.fault, trial.state, trial.how.empty() ? "" : ": ", trial.how);
}

void doctor(const std::string& database, bool as_json) {
  const auto sandbox = try_sandbox();
  const std::string why = sandbox ? "" : sandbox.error().text();
  std::vector<Trial> trials = examine_all(database, sandbox.has_value());
  trials.insert(trials.begin(), result("sandbox", sandbox.has_value(), why));
  nlohmann::json all = nlohmann::json::array();
  for (const Trial& trial : trials) {
    if (!as_json) print(trial);
    all.push_back({{"what", trial.fault}, {"state", trial.state}, {"how", trial.how}});
  }
  if (as_json) fmt::print("{}\n", all.dump(2));
}

}  // namespace

void add_doctor(CLI::App& app, int& code) {
  auto* verb = app.add_subcommand("doctor", "Try every fault on this machine and say which work");
  auto as_json = std::make_shared<bool>(false);
  verb->add_flag("--json", *as_json, "For programs");
  auto database = std::make_shared<std::string>();
  verb->add_option("--database", *database,
                   "Try database faults as well, on this PostgreSQL database: its sessions are "
                   "ended, and for an instant it accepts none")
      ->type_name("URL");
  verb->footer(
      "Each fault is really injected, into a file, link, process or disk made for it, and undone:\n"
      "  works                   here, with or without a sandbox\n"
      "  works: with …           what it needs beside, or what does it instead\n"
      "  not here: …             why\n"
      "  not tried: …            what a trial would need\n"
      "A sandbox needs user namespaces: where they are switched off, sysctl\n"
      "kernel.unprivileged_userns_clone=1 (Debian) or\n"
      "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu) allows them.\n"
      "Examples:\n"
      "  reprise doctor\n"
      "  reprise doctor --database postgresql://me@127.0.0.1/trial");
  verb->callback([database, as_json, &code] {
    doctor(*database, *as_json);
    code = 0;
  });
}

}  // namespace reprise
