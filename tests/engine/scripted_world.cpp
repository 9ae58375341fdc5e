#include "tests/engine/scripted_world.h"

#include <fstream>

#include <stdlib.h>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "harness/engine/drill/drill.h"
#include "harness/model/registry.h"

namespace reprise::testing {
namespace {

class ScriptedProbe final : public Probe {
 public:
  boost::asio::awaitable<Observation> sample(Instant) override {
    const bool up = World::now().up();
    co_return Observation{up ? "answered" : "refused", nlohmann::json::object()};
  }
};

class ScriptedFault final : public Injector {
 public:
  Result<nlohmann::json> prepare() override { return told("prepare"), nlohmann::json::object(); }
  Result<void> inject(const nlohmann::json&) override {
    World& world = World::now();
    told("inject");
    world.broken = true;
    world.broken_at = world.clock->now();
    return {};
  }
  Result<void> revert(const nlohmann::json&) override {
    told("revert");
    if (World::now().revert_fails) return failure("the script says so");
    World::now().broken = false;
    return {};
  }
  std::optional<Bite> confirm() override {
    const World& world = World::now();
    const Instant bitten = world.broken_at + world.bites_after;
    if (!world.bites || world.clock->now() < bitten) return std::nullopt;
    return Bite{bitten, "the script broke"};
  }

 private:
  static void told(const char* verb) { World::now().verbs.emplace_back(verb); }
};

FaultKind scripted_kind(const std::string& name, Nature nature) {
  FaultKind kind{{{name, "Flips a switch of the script.", Shape::object({}), {}}}, {}};
  kind.nature = nature;
  kind.make = [](const FaultSpec&, const Surroundings&) -> Result<std::unique_ptr<Injector>> {
    return std::make_unique<ScriptedFault>();
  };
  return kind;
}

ProbeKind scripted_probe_kind() {
  ProbeKind kind{{{"scripted", "Sees what the script says.", Shape::object({}), {}}}, {}};
  kind.make = [](const ProbeSpec&, const ProbeContext&) -> Result<std::unique_ptr<Probe>> {
    return std::make_unique<ScriptedProbe>();
  };
  return kind;
}

const Registered<FaultKind> condition{scripted_kind("scripted_condition", Nature::condition)};
const Registered<FaultKind> event{scripted_kind("scripted_event", Nature::event)};
const Registered<ProbeKind> probe{scripted_probe_kind()};

Expected nominal() { return {"nominal", std::nullopt}; }

}  // namespace

World& World::now() {
  static World world;
  return world;
}

bool World::up() const {
  if (!broken) return true;
  return heals_itself_after != Duration::max() && clock->now() >= broken_at + heals_itself_after;
}

Plan scripted_plan(Duration every, Duration rto) {
  Plan plan;
  plan.name = "scripted";
  plan.objectives.rto = rto;
  ProbeSpec page;
  page.name = "page";
  page.kind = "scripted";
  page.options = nlohmann::json::object();
  page.every = every;
  page.timeout = 1s;
  plan.probes["page"] = page;
  plan.resolved = nlohmann::json::object();
  return plan;
}

Scenario scripted_scenario(std::vector<FaultSpec> faults) {
  Scenario scenario;
  scenario.name = "scripted";
  scenario.levels["page"] = {};
  scenario.steady_state = {{"page", nominal(), {}, {}}};
  scenario.steady_for = 1s;
  scenario.steady_within = 5s;
  scenario.faults = std::move(faults);
  scenario.patience = 60s;
  scenario.resolved = nlohmann::json::object();
  return scenario;
}

FaultSpec scripted_fault(const std::string& kind) {
  FaultSpec fault;
  fault.id = "it";
  fault.kind = kind;
  return fault;
}

ManualDrill::ManualDrill() {
  World::now() = World{};
  std::string name = ::testing::TempDir() + "reprise-drill-XXXXXX";
  folder_ = ::mkdtemp(name.data());
  ::setenv("REPRISE_STATE_DIR", (folder_ / "state").c_str(), 1);
}

ManualDrill::~ManualDrill() { std::filesystem::remove_all(folder_); }

std::vector<nlohmann::json> ManualDrill::run(const Plan& plan, const Scenario& scenario,
                                             std::vector<Awaited> awaited) {
  boost::asio::io_context context;
  ManualClock clock;
  World::now().clock = &clock;
  const Instant origin = clock.now();
  const auto path = folder_ / fmt::format("journal-{}.jsonl", ++runs_);
  auto now = [&] { return clock.now() - origin; };
  auto utc = [&] { return clock.utc(); };
  auto journal = Journal::create(path, now, utc);
  Residue header;
  header.log = UndoLog::folder() / fmt::format("log-{}.jsonl", runs_);
  auto log = UndoLog::create(header);
  const auto site_folder = folder_ / fmt::format("site-{}", runs_);
  std::filesystem::create_directory(site_folder);
  auto site = Site::prepare(plan, site_folder, "test", clock);
  EXPECT_TRUE(journal && log && site);
  BlockingPool pool(0);
  Supervisor supervisor(context.get_executor(), clock, *journal, pool, plan, **site,
                        [](const ProcessId&) {});
  {
    DrillEngine drill({context.get_executor(),
                       clock,
                       *journal,
                       pool,
                       *log,
                       plan,
                       scenario,
                       **site,
                       supervisor,
                       origin,
                       7,
                       0,
                       std::move(awaited),
                       {}});
    auto work = drill.run();
    boost::asio::co_spawn(context, std::move(work), boost::asio::detached);
    if (interrupt_) {
      auto interrupting = [&]() -> boost::asio::awaitable<void> {
        co_await clock.sleep_until(origin + *interrupt_);
        drill.interrupt("SIGINT");
      };
      boost::asio::co_spawn(context, interrupting, boost::asio::detached);
    }
    clock.run(context);
  }
  left_ = *log->pending();
  std::ifstream file(path);
  std::vector<nlohmann::json> events;
  for (std::string line; std::getline(file, line);) events.push_back(nlohmann::json::parse(line));
  return events;
}

std::vector<nlohmann::json> named(const std::vector<nlohmann::json>& events,
                                  const std::string& name) {
  std::vector<nlohmann::json> found;
  for (const auto& one : events) {
    if (one.at("event") == name) found.push_back(one);
  }
  return found;
}

std::vector<std::string> steps(const std::vector<nlohmann::json>& events) {
  std::vector<std::string> found;
  for (const auto& fault : named(events, "fault")) found.push_back(fault.at("step"));
  return found;
}

}  // namespace reprise::testing
