#include "tests/real/evidence.h"

#include <algorithm>

#include <fmt/format.h>

#include "tests/support/program.h"

namespace reprise::real {
namespace {

using nlohmann::json;

// By the levels that `draw` writes; the way of telling is the plan's.
Class class_of(const json& seen, bool by_status) {
  const std::string mode = seen.value(json::json_pointer("/json/~1mode"), "");
  if (by_status) {
    const int status = seen.value("status", 0);
    if (status == 200 && seen.contains(json::json_pointer("/json/~1tau"))) return Class::nominal;
    return status == 200 || status == 203 ? Class::degraded : Class::down;
  }
  if (mode == "nominal") return Class::nominal;
  return mode == "fallback" ? Class::degraded : Class::down;
}

class Reading {
 public:
  explicit Reading(const std::filesystem::path& journal) : events_(testing::read_events(journal)) {}

  Evidence take(const std::filesystem::path& account) {
    if (events_.empty()) return unusable("there is no journal");
    by_status_ = events_[0].at("scenario").at("levels").at("page").at("nominal").contains("status");
    for (const json& event : events_) read(event);
    for (auto& [probe, samples] : read_.told) std::ranges::stable_sort(samples, {}, &Told::i);
    std::ranges::stable_sort(read_.rounds, {}, [](const Round& one) { return one.command.low; });
    if (!relate_clocks()) return unusable("no sample tells of the service's clock");
    read_account(account);
    return std::move(read_);
  }

 private:
  Evidence unusable(const std::string& why) {
    read_.unusable = why;
    return std::move(read_);
  }

  void read(const json& event) {
    const std::string kind = event.at("event");
    const Time t = event.at("t");
    if (kind == "sample") read_sample(event);
    if (kind == "skipped") {
      // It would have been told something until its time was out.
      const Time i = event.at("i");
      read_.told[event.at("probe")].push_back(
          {i, i, i + timeout_of(event.at("probe")), Class::down, true, {}, "skipped"});
    }
    if (kind == "fault") read_fault(event, t);
    if (kind == "phase") read_.phases[event.at("phase")] = t;
    if (kind == "patience") read_.patience = t;
    if (kind == "end") read_.outcome = event.at("outcome");
    if (kind == "steady") read_.steady = event.at("state");
  }

  [[nodiscard]] Time timeout_of(const std::string& probe) const {
    const std::string text = events_[0].at("plan").at("probes").at(probe).at("timeout");
    return std::stoll(text) * millisecond;
  }

  void read_sample(const json& event) {
    const json& seen = event.at("v");
    Told told{event.at("i"), event.at("s"), event.at("f"), Class::down, false, {}, event.at("o")};
    // One that was sent too late was given less time than a user gives.
    const bool hurried =
        told.outcome == "timeout" && told.f - told.s < timeout_of(event.at("probe")) * 9 / 10;
    told.unknown = seen.value("partial", false) || hurried;
    if (told.outcome == "answered") told.level = class_of(seen, by_status_);
    const json::json_pointer decided("/json/~1tau");
    if (seen.contains(decided) && seen.at(decided).is_number()) told.decided = seen.at(decided);
    read_.told[event.at("probe")].push_back(told);
  }

  void read_fault(const json& event, Time t) {
    const std::string step = event.at("step");
    const std::string key = fmt::format("{} {}", event.at("fault").get<std::string>(),
                                        event.at("round").get<int>());
    if (step == "preparing") conditions_[key] = event.at("lasting") == "condition";
    if (step == "injecting") {
      places_[key] = read_.rounds.size();
      read_.rounds.push_back({event.at("fault"), event.at("kind"), event.at("into"),
                              conditions_[key], {t, endless}, {}, {}});
    }
    const auto place = places_.find(key);
    if (place == places_.end()) return;
    Round& round = read_.rounds[place->second];
    if (step == "armed") round.command.high = t;
    if (step == "bit") round.bit = event.at("at");
    // What an event is given at the tear-down is no healing.
    if (step == "healing" && round.condition) round.healing = When{t, endless};
    if (step == "healed" && round.healing) round.healing->high = t;
  }

  // Every answer was decided between its request and its end, which bounds the origin from both
  // sides: the best bounds of many samples are a fraction of a millisecond apart.
  bool relate_clocks() {
    read_.origin = {-endless, endless};
    for (const auto& [probe, samples] : read_.told) {
      for (const Told& told : samples) {
        if (!told.decided) continue;
        read_.origin.low = std::max(read_.origin.low, *told.decided - told.f);
        read_.origin.high = std::min(read_.origin.high, *told.decided - told.s);
      }
    }
    return read_.origin.high != endless;
  }

  void read_account(const std::filesystem::path& account) {
    std::vector<Stage> stages;
    for (const json& line : testing::read_events(account)) {
      const Time from = line.at("from"), to = line.at("to");
      stages.push_back({{from - read_.origin.high, to - read_.origin.low},
                        line.at("state"),
                        line.at("first").get<bool>()});
    }
    for (const Round& round : read_.rounds) {
      if (round.kind != "process_kill" || round.command.high == endless) continue;
      stages.push_back({round.command, {{"kind", "gone"}}, true});
    }
    std::ranges::stable_sort(stages, {}, [](const Stage& one) { return one.from.low; });
    for (const Stage& stage : stages) {
      // A process may have said a last word while it was being killed.
      const bool gone = !read_.stages.empty() && read_.stages.back().state.at("kind") == "gone";
      if (!gone || stage.first) read_.stages.push_back(stage);
    }
  }

  std::vector<json> events_;
  std::map<std::string, bool> conditions_;
  std::map<std::string, std::size_t> places_;
  bool by_status_ = false;
  Evidence read_;
};

}  // namespace

Evidence read_evidence(const std::filesystem::path& journal, const std::filesystem::path& account) {
  return Reading(journal).take(account);
}

}  // namespace reprise::real
