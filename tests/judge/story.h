// Stories for the judge: what happened in a drill, told in a few lines, written as a real chained
// journal and read back.
//
// A story begins with a healthy system: probe "page" is nominal every 100 ms (10 ms latency) from
// 0 s to 30 s, inject begins at 5 s, heal at 15 s, recover ends at 30 s. Tests change what differs.
// Ownership: a value type. Threads: one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/journal/journal.h"
#include "harness/judge/judge.h"

namespace reprise::testing {

using nlohmann::json;

// What a sample sees.
extern const Observation nominal, degraded, broken, refused, timed_out;

class Story {
 public:
  Story();

  json& plan() { return plan_; }
  json& scenario() { return scenario_; }
  Story& probe(const std::string& name, Duration every);

  // The probe's samples intended in [from, to) see this; earlier scripts there are replaced.
  Story& see(const std::string& probe, Duration from, Duration to, const Observation& what,
             Duration latency = 10ms);
  Story& page(Duration from, Duration to, const Observation& what, Duration latency = 10ms);
  // One sample of its own: sent late, or finished at an exact instant.
  Story& page_at(Duration intended, const Observation& what, Duration finished);
  Story& sent_late(Duration from, Duration to, Duration late);
  // Samples that never were: without a word, or with one.
  Story& unrecorded(Duration from, Duration to);
  Story& skipped(Duration from, Duration to);

  // Declares a fault in the scenario; `strike` tells what became of a round.
  Story& declare(const std::string& fault, int times = 1);
  // A round: commanded, armed 1 ms later, its first victim 5 ms later; healed when told.
  Story& strike(const std::string& fault, Duration commanded, std::optional<Duration> healed,
                int round = 0, bool bites = true);
  Story& cut(Duration commanded, Duration healed);
  Story& kill(Duration commanded);
  Story& note_fault(Duration at, const std::string& fault, int round, const std::string& step,
                    json fields = json::object());

  Story& demand(const std::string& kind, json options, json more = json::object());

  Story& event(Duration at, const std::string& name, json fields);
  Story& says(Duration at, const std::string& service, const std::string& line);
  Story& procedure(Duration at, const std::string& state, json more = json::object());
  Story& step(Duration at, int index, const std::string& state, bool manual = false);

  Story& phases(Duration inject, Duration heal, Duration recover, Duration verify);
  Story& steady(const std::string& state);
  Story& ends(const std::string& outcome);
  // As if the drill had been killed at this instant.
  Story& killed_at(Duration at);
  Story& on(const std::string& date);

  // The journal's text, written by the Journal itself.
  [[nodiscard]] std::string journal() const;
  [[nodiscard]] Record record(const std::string& guardian = "") const;
  [[nodiscard]] Verdict verdict() const { return judge(record()); }
  // The finding of the assertion of that name; the last one when there is no name.
  [[nodiscard]] Finding finding(const std::string& name = "") const;

 private:
  struct Script {
    Duration sent, finished;
    Observation what;
  };
  struct Line {
    Duration at;
    std::string name;
    json fields;
  };

  static UtcInstant start_of(const std::string& date);

  [[nodiscard]] std::vector<Line> lines() const;

  json plan_, scenario_;
  std::map<std::string, Duration> every_;
  std::map<std::string, std::map<Duration, Script>> samples_;
  std::vector<Line> events_;
  std::vector<std::pair<Duration, std::string>> phases_{
      {0s, "prepare"}, {0s, "steady"},   {5s, "inject"},  {5s, "hold"},
      {15s, "heal"},   {15s, "recover"}, {30s, "verify"}, {30s, "teardown"}};
  std::string steady_ = "held", outcome_ = "completed", date_ = "2026-03-01";
  std::optional<Duration> killed_;
};

// Killed at 6 s (armed 6.001 s), down from then until `back`.
[[nodiscard]] Story down_until(Duration back);

}  // namespace reprise::testing
