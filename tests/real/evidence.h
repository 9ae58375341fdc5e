// What a drill left behind: the journal, the service's own account, and how their clocks relate.
// Times are nanoseconds since the drill's start.
//
// Ownership: plain values. Threads: pure functions of files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace reprise::real {

using Time = std::int64_t;
constexpr Time endless = std::numeric_limits<Time>::max() / 4;
constexpr Time millisecond = 1'000'000;

// An instant of which only bounds are known.
struct When {
  Time low = 0, high = 0;
};

// As in the scenarios drawn here.
enum class Class { nominal, degraded, down };

struct Told {
  Time i = 0, s = 0, f = 0;
  Class level = Class::down;
  bool unknown = false;         // it broke off midway, or the observer skipped or hurried it
  std::optional<Time> decided;  // the service's clock
  std::string outcome;
};

struct Round {
  std::string id, kind, into;
  bool condition = false;
  When command;                 // [t_cmd, t_armed]
  std::optional<When> healing;  // [t_healing, t_healed]
  std::optional<Time> bit;
};

// The service was this from then on, by its own account or because its process was gone.
struct Stage {
  When from;
  nlohmann::json state;
  bool first = false;  // of its process
};

struct Evidence {
  std::map<std::string, std::vector<Told>> told;  // by probe, in order of i
  std::vector<Round> rounds;                      // in order of their commands
  std::vector<Stage> stages;
  When origin;  // of the journal's times, on the service's clock
  std::map<std::string, Time> phases;
  std::optional<Time> patience;
  std::string outcome, steady;  // of the drill; "held", …
  std::string unusable;  // why nothing can be said, else empty
};

[[nodiscard]] Evidence read_evidence(const std::filesystem::path& journal,
                                     const std::filesystem::path& account);

}  // namespace reprise::real
