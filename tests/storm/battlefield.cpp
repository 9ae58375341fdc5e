#include "tests/storm/battlefield.h"

#include <algorithm>
#include <csignal>
#include <sstream>

#include <fmt/format.h>

#include "tests/support/said_by.h"

namespace reprise::testing {
namespace {

namespace fs = std::filesystem;

constexpr auto field_plan = R"(
reprise: 1
plan: field
objectives: {rto: 5s}
system:
  folder: system
  services:
    web:
      command: [python3, -m, http.server, "${port}", --bind, 127.0.0.1]
      restart: always
      ready: {http: {url: "http://${services.web.address}/page.txt"}, every: 20ms}
  links:
    trial: {from: web, to: web, protocol: http}
    led: {from: web, to: web, protocol: http, transparent: ${transparent}}
  files: {trial: page.txt}
  disks: {trial: {path: data, size: 1MiB}}
probes:
  home: {http: {url: "http://${links.trial.address}/page.txt"}, every: 50ms, timeout: 1s}
)";

constexpr auto store_plan = R"(
reprise: 1
plan: store
objectives: {rto: 5s}
system:
  services:
    store: {external: true, address: "${store}", target: true}
    cache: {external: true, address: "${cache}", target: true}
  databases:
    trial: "postgresql://spe@${services.store.address}/trial"
    cache: "redis://${services.cache.address}/0"
probes:
  home: {postgres: {database: trial, query: "select 1"}, every: 50ms, timeout: 1s}
)";

// Its name, start time and whether somebody stopped it; running or sleeping is its own affair.
std::string state_of(pid_t pid) {
  std::istringstream stat(read_file(fmt::format("/proc/{}/stat", pid)));
  std::vector<std::string> fields(22);
  for (auto& field : fields) stat >> field;
  return fmt::format("{} {} {}\n", fields[1], fields[21], fields[2] == "T" ? "stopped" : "going");
}

std::string scenario_of(const std::string& name, const std::string& nominal,
                        const nlohmann::json& fault) {
  // JSON is YAML.
  return fmt::format(R"(
reprise: 1
scenario: {}
levels: {{home: {{nominal: {}}}}}
steady-state: [{{probe: home, expect: nominal}}]
steady: {{for: 100ms, within: 10s}}
patience: 2s
faults: [{}]
assertions: [{{recovery: {{probe: home, expect: nominal, within: rto, sustained: 100ms}}}}]
)",
                     name, nominal, fault.dump());
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) found.push_back(entry.path());
  return found;
}

void replace(std::string& text, const std::string& variable, const std::string& value) {
  text.replace(text.find(variable), variable.size(), value);
}

}  // namespace

std::optional<pid_t> child_of(pid_t parent) {
  std::istringstream children(read_file(fmt::format("/proc/{0}/task/{0}/children", parent)));
  pid_t child = 0;
  if (children >> child) return child;
  return std::nullopt;
}

Battlefield::Battlefield() : server_("archive_mode = on\narchive_command = 'true'\n") {
  fs::create_directories(place_.folder() / "tmp");
  // Every process of a drill inherits it: that is how they are found again.
  ::setenv("TMPDIR", (place_.folder() / "tmp").c_str(), 1);
  write_plans();
  seed();
}

Battlefield::~Battlefield() {
  ::kill(foreign_, SIGKILL);
  ::waitpid(foreign_, nullptr, 0);
  (void)said_by({"umount", place_.folder() / "foreign"});
}

std::string Battlefield::psql(const std::string& query) const {
  return said_by({"psql", "-XAtq", server_.url("postgres"), "-c", query});
}

void Battlefield::seed() {
  (void)psql("create database trial");
  for (const char* table : {"readings (kw int)", "orders (id int)", "lines (id int)"}) {
    (void)said_by(
        {"psql", "-XAtq", server_.url("trial"), "-c", fmt::format("create table {}", table)});
  }
  const fs::path mount = place_.folder() / "foreign";
  fs::create_directory(mount);
  (void)said_by({"mount", "-t", "tmpfs", "-o", "size=64k", "foreign", mount});
  write_file(mount / "file", "not yours\n");
  (void)said_by({"nft",
                 "add table inet foreign { chain c { type filter hook input priority 5; tcp "
                 "dport 9 drop; }; }"});
  (void)said_by({"tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "10gbit", "burst",
                 "10mb", "latency", "50ms"});
  // vfork returns once the other program runs: no fingerprint sees it half made.
  foreign_ = ::vfork();
  if (foreign_ == 0) {
    ::execle("/bin/sleep", "sleep", "100000", nullptr, nullptr);
    ::_exit(127);
  }
}

void Battlefield::write_plans() {
  // Without a sandbox and without root nobody may lead connections elsewhere.
  std::string field = field_plan;
  replace(field, "${transparent}", ::geteuid() == 0 ? "true" : "false");
  write_file(place_.folder() / "field/plan.yaml", field);
  write_file(place_.folder() / "field/system/page.txt", std::string(4096, 'p'));
  std::string store = store_plan;
  replace(store, "${store}", server_.address());
  replace(store, "${cache}", redis_.address());
  write_file(place_.folder() / "store/plan.yaml", store);
  const auto kinds = nlohmann::json::parse(place_.run({"list", "--json"}).out);
  for (const auto& kind : kinds.at("faults")) write_scenarios(kind);
}

void Battlefield::write_scenarios(const nlohmann::json& kind) {
  const std::string into = kind.at("into");
  const bool stored = into == "database";
  nlohmann::json fault = kind.at("example");
  for (const char* key : {"at", "for", "repeat", "when", "after", "id"}) fault.erase(key);
  fault["at"] = "100ms";
  if (kind.at("nature") == "condition") fault["for"] = "400ms";
  fault["into"] = into == "service" ? "web" : "trial";
  if (kind.at("name").get<std::string>().starts_with("redis_")) fault["into"] = "cache";
  if (into == "none") fault.erase("into");
  auto add = [&](const std::string& name) {
    const Scenario scenario{stored ? "store" : "field", name};
    write_file(place_.folder() / scenario.plan / (name + ".yaml"),
               scenario_of(name, stored ? "{value: 1}" : "{status: 200}", fault));
    scenarios_.push_back(scenario);
  };
  std::string name = kind.at("name");
  std::ranges::replace(name, '_', '-');
  add(name);
  for (const auto& variant : kind.at("variants")) {
    fault["with"] = kind.at("example").value("with", nlohmann::json::object());
    fault["with"].update(variant);
    add(name + "-" + variant.begin().value().get<std::string>());
  }
}

pid_t Battlefield::start(const Scenario& scenario, const std::vector<std::string>& options) {
  std::vector<std::string> words{"run", scenario.plan, scenario.name};
  words.insert(words.end(), options.begin(), options.end());
  return place_.start(words);
}

std::size_t Battlefield::undo_lines() const {
  const auto logs = entries(place_.folder() / "state/undo");
  if (logs.empty()) return 0;
  const std::string text = read_file(logs.front());
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

std::vector<pid_t> Battlefield::processes() const {
  std::vector<pid_t> found;
  const std::string mark = "TMPDIR=" + (place_.folder() / "tmp").string();
  for (const auto& entry : entries("/proc")) {
    const std::string name = entry.filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (read_file(entry / "environ").find(mark) == std::string::npos) continue;
    const pid_t pid = std::stoi(name);
    if (pid != ::getpid()) found.push_back(pid);
  }
  return found;
}

std::string Battlefield::fingerprint() const {
  std::string text = said_by({"nft", "list", "ruleset"}) + said_by({"tc", "qdisc", "show"}) +
                     read_file("/proc/self/mountinfo") + state_of(foreign_) +
                     read_file(place_.folder() / "foreign/file") +
                     read_file(place_.folder() / "field/system/page.txt");
  text += psql("select d from pg_database d order by oid") +
          psql("select s from pg_db_role_setting s order by 1") + psql("show archive_command") +
          psql("select pid, application_name from pg_stat_activity where datname = 'trial'");
  for (const fs::path& left : {place_.folder() / "tmp", place_.folder() / "state/undo"}) {
    for (const auto& entry : entries(left)) text += entry.string() + " is left\n";
  }
  for (const pid_t pid : processes()) {
    text += fmt::format("process {} is left: {}\n", pid,
                        read_file(fmt::format("/proc/{}/cmdline", pid)));
  }
  return text;
}

fs::path Battlefield::journal(const Scenario& scenario) const {
  return place_.folder() / "out/journals" / scenario.plan / (scenario.name + ".jsonl");
}

}  // namespace reprise::testing
