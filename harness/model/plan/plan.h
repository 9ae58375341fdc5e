// A recovery plan as data: its objectives, its risks, the system it protects, how to look at it.
//
// Strings may hold `${…}` references that only a running drill can fill in:
//   ${folder}  ${seed} (of this drill)  ${services.NAME.port}  ${services.NAME.address}
//   ${links.NAME.port}  ${links.NAME.address}  ${port} (a service's own, inside its definition)
//   ${entry.key}  ${entry.payload} (of a ledger's write)  ${entry.prefix} (of its reading)
// The loader has checked that each names something that exists.
//
// Ownership: plain values. Threads: immutable after loading.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/model/error.h"
#include "harness/model/time.h"

namespace reprise {

// A text in one or more languages, by code ("en", "fr"). A bare string stands under "".
struct Text {
  std::map<std::string, std::string> by_language;
  // The text in that language, else the bare one, else English, else any; empty when none.
  [[nodiscard]] const std::string& in(const std::string& language) const;
};

struct Objectives {
  std::optional<Duration> rto;
  std::optional<Duration> rpo;
  std::optional<double> availability;  // a share of 1, over a year
};

struct Risk {
  std::string name;
  Text title;
  std::string likelihood;
  std::string severity;
};

// A probe as written: `{http: {url: …}, every: 50ms, timeout: 6s}`.
struct ProbeSpec {
  std::string name;
  std::string kind;
  nlohmann::json options;             // checked against the kind's Shape
  Duration every{};                   // the open-loop interval
  Duration timeout{};                 // the user's patience; an outage shorter than it is latency
  int in_flight = 64;                 // a cap on overlapping samples; a sample over it is recorded
  std::vector<std::string> pointers;  // JSON pointers to keep from an answer
  std::vector<std::string> headers;   // headers to keep, lower case
  std::vector<nlohmann::json> searches;  // of whole texts; see Expectation::Search
  std::string served_by;  // JSON pointer that tells which source served; may be empty
  Location where;
};

struct Service {
  std::string name;
  Text title;
  std::vector<std::string> command;  // argument vector; empty when external
  std::map<std::string, std::string> env;
  std::string folder = ".";        // working folder, relative to system/
  std::optional<ProbeSpec> ready;  // it is ready when this probe is answered (2xx)
  Duration ready_within = std::chrono::seconds(30);
  std::vector<std::string> after;  // services that must be ready before
  std::string restart = "never";   // never | on-failure | always
  Duration restart_delay = std::chrono::milliseconds(100);
  std::string stop_signal = "TERM";                // TERM | INT | QUIT: the orderly stop
  Duration stop_within = std::chrono::seconds(5);  // after that SIGKILL
  Duration health_period{};  // how often the system itself looks; 0 = not said
  bool outside = false;      // a third party's stand-in: not part of the system
  bool external = false;     // reprise neither starts nor stops it
  bool target = false;       // external, and scenarios may break it
  std::string address;       // host:port when external
  Location where;
};

// A folder of the system on a file system of its own, so that it can be full alone.
struct Disk {
  std::string path;        // relative to system/
  std::uint64_t size = 0;  // bytes
};

struct Link {
  std::string name;
  std::string from;
  std::string to;                 // a service, or host:port
  std::string protocol = "http";  // http | tcp
  bool transparent = false;       // the kernel leads every connection to `to` into the proxy
  Location where;
};

// What a restore climbs, lowest first: the backup is there and complete, the server starts with it,
// its structure is sound, the system's own health tests pass. Between the last two stands what the
// ledger tells, which no step can.
inline constexpr std::array<std::string_view, 4> step_rungs{"backup", "server", "structure",
                                                            "health"};

// `{start: server}`, `{delete: predictions}`, `{http: {…}}`, `{command: {…}}`, `{manual: {…}}`.
struct Step {
  std::string kind;
  nlohmann::json options;
  Text title;
  Duration within = std::chrono::minutes(1);  // for manual steps, how long a person is waited for
  std::string rung;                           // of the restore ladder; may be empty
  Location where;
};

struct Procedure {
  std::string name;
  Text title;
  std::vector<Step> steps;
  Location where;
};

// Sequence-numbered writes through the system's own interface, read back after recovery.
struct LedgerSpec {
  std::string name;
  Text title;
  // One write; its texts hold ${entry.key} and ${entry.payload}. `every` is from write to write of
  // all clients together, `timeout` that of one write.
  ProbeSpec write;
  // What an acknowledgement looks like; nothing: HTTP 2xx, exit code 0, a statement that succeeds.
  nlohmann::json acknowledged;
  int clients = 1;
  std::string read;             // a kind of reader
  nlohmann::json read_options;  // checked against the kind's Shape; texts may hold ${entry.prefix}
  Duration read_within = std::chrono::seconds(30);  // for all readings, retries included
  int copies = 1;                                   // of one entry, at most
  Location where;
};

struct Plan {
  std::string name;
  std::string version;  // the plan document's own version; may be empty
  Text title;
  Objectives objectives;
  Duration review_every{};  // 0 = not said
  std::map<std::string, Risk> risks;
  std::map<std::string, Service> services;
  std::map<std::string, Link> links;
  std::map<std::string, std::string> databases;  // name -> connection URL
  std::map<std::string, std::string> files;      // name -> path relative to system/
  std::map<std::string, Disk> disks;
  std::map<std::string, Procedure> procedures;
  std::map<std::string, ProbeSpec> probes;
  std::map<std::string, LedgerSpec> ledgers;
  std::filesystem::path folder;  // where plan.yaml lies
  std::filesystem::path system;  // the folder every drill copies; may be empty
  nlohmann::json resolved;       // as the journal records it
};

}  // namespace reprise
