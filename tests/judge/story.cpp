#include "tests/judge/story.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "tests/support/temporary_folder.h"

namespace reprise::testing {

const Observation nominal{"answered", {{"status", 200}, {"json", {{"/mode", "nominal"}}}}};
const Observation degraded{"answered", {{"status", 200}, {"json", {{"/mode", "degraded"}}}}};
const Observation broken{"answered", {{"status", 503}}};
const Observation refused{"refused", json::object()};
const Observation timed_out{"timeout", json::object()};

Story::Story() {
  plan_ = {{"plan", "shop"},
           {"objectives", {{"rto", "10s"}, {"availability", "99.9%"}}},
           {"system",
            {{"services",
              {{"server", {{"command", {"serve"}}}},
               {"bank", {{"external", true}, {"address", "127.0.0.1:9"}}}}},
             {"procedures",
              {{"restart",
                {{"steps",
                  {{{"kind", "start"}, {"options", {{"value", "server"}}}},
                   {{"kind", "manual"},
                    {"options", {{"value", json::object()}}},
                    {"within", "4h"}}}}}}}}}},
           {"probes", json::object()}};
  probe("page", 100ms);
  scenario_ = {{"scenario", "page-down"},
               {"levels",
                {{"page",
                  {{"nominal", {{"status", 200}, {"json", {{"/mode", "nominal"}}}}},
                   {"degraded", {{"status", 200}, {"json", {{"/mode", "degraded"}}}}}}}}},
               {"steady-state", {{{"probe", "page"}, {"expect", "nominal"}}}},
               {"steady", {{"for", "1s"}, {"within", "15s"}}},
               {"sustained", "2s"},
               {"faults", json::array()},
               {"assertions", json::array()}};
  see("page", 0s, 30s, nominal);
}

Story& Story::probe(const std::string& name, Duration every) {
  plan_["probes"][name] = {{"kind", "http"},
                           {"options", {{"url", "http://${services.server.address}/" + name}}},
                           {"every", format_duration(every)},
                           {"timeout", "6s"}};
  every_[name] = every;
  return *this;
}

Story& Story::see(const std::string& probe, Duration from, Duration to, const Observation& what,
                  Duration latency) {
  for (Duration at = from; at < to; at += every_.at(probe)) {
    samples_[probe][at] = {at, at + latency, what};
  }
  return *this;
}

Story& Story::page(Duration from, Duration to, const Observation& what, Duration latency) {
  return see("page", from, to, what, latency);
}

Story& Story::page_at(Duration intended, const Observation& what, Duration finished) {
  samples_["page"][intended] = {intended, finished, what};
  return *this;
}

Story& Story::sent_late(Duration from, Duration to, Duration late) {
  for (auto& [intended, script] : samples_["page"]) {
    if (intended < from || intended >= to) continue;
    script.sent = intended + late;
    script.finished = std::max(script.finished, script.sent);
  }
  return *this;
}

Story& Story::unrecorded(Duration from, Duration to) {
  std::erase_if(samples_["page"],
                [&](const auto& entry) { return entry.first >= from && entry.first < to; });
  return *this;
}

Story& Story::skipped(Duration from, Duration to) {
  for (Duration at = from; at < to; at += every_.at("page")) {
    samples_["page"].erase(at);
    event(at, "skipped", {{"probe", "page"}, {"i", at.count()}, {"why", "64 in flight"}});
  }
  return *this;
}

Story& Story::declare(const std::string& fault, int times) {
  scenario_["faults"].push_back({{"id", fault},
                                 {"inject", "cut"},
                                 {"into", "server"},
                                 {"repeat", {{"times", times}, {"every", "1s"}}}});
  return *this;
}

Story& Story::strike(const std::string& fault, Duration commanded, std::optional<Duration> healed,
                     int round, bool bites) {
  note_fault(commanded, fault, round, "preparing", {{"lasting", healed ? "condition" : "event"}});
  note_fault(commanded, fault, round, "injecting");
  note_fault(commanded + 1ms, fault, round, "armed");
  if (bites) {
    note_fault(commanded + 6ms, fault, round, "bit",
               {{"at", (commanded + 5ms).count()}, {"evidence", "1 request refused"}});
  }
  if (healed) note_fault(*healed, fault, round, "healed");
  return *this;
}

Story& Story::cut(Duration commanded, Duration healed) {
  return declare("cut").strike("cut", commanded, healed);
}

Story& Story::kill(Duration commanded) {
  return declare("kill").strike("kill", commanded, std::nullopt);
}

Story& Story::note_fault(Duration at, const std::string& fault, int round, const std::string& step,
                         json fields) {
  fields["fault"] = fault;
  fields["kind"] = "cut";
  fields["into"] = "server";
  fields["round"] = round;
  fields["step"] = step;
  return event(at, "fault", std::move(fields));
}

Story& Story::demand(const std::string& kind, json options, json more) {
  more["kind"] = kind;
  if (!more.contains("name")) more["name"] = kind;
  more["options"] = std::move(options);
  scenario_["assertions"].push_back(std::move(more));
  return *this;
}

Story& Story::event(Duration at, const std::string& name, json fields) {
  events_.push_back({at, name, std::move(fields)});
  return *this;
}

Story& Story::says(Duration at, const std::string& service, const std::string& line) {
  return event(at, "log", {{"service", service}, {"stream", "out"}, {"line", line}});
}

Story& Story::procedure(Duration at, const std::string& state, json more) {
  more["procedure"] = "restart";
  more["state"] = state;
  return event(at, "procedure", std::move(more));
}

Story& Story::step(Duration at, int index, const std::string& state, bool manual) {
  return event(at, "step",
               {{"procedure", "restart"},
                {"index", index},
                {"state", state},
                {"kind", manual ? "manual" : "start"},
                {"manual", manual},
                {"result", "because"}});
}

Story& Story::phases(Duration inject, Duration heal, Duration recover, Duration verify) {
  phases_ = {{0s, "prepare"}, {0s, "steady"},       {inject, "inject"}, {inject, "hold"},
             {heal, "heal"},  {recover, "recover"}, {verify, "verify"}, {verify, "teardown"}};
  return *this;
}

Story& Story::steady(const std::string& state) {
  steady_ = state;
  return *this;
}

Story& Story::ends(const std::string& outcome) {
  outcome_ = outcome;
  return *this;
}

Story& Story::killed_at(Duration at) {
  killed_ = at;
  return *this;
}

Story& Story::on(const std::string& date) {
  date_ = date;
  return *this;
}

std::string Story::journal() const {
  const TemporaryFolder folder;
  Duration now{};
  auto utc = [&] { return start_of(date_) + now; };
  auto journal = Journal::create(folder.path() / "drill.jsonl", [&] { return now; }, utc);
  if (!journal) throw std::runtime_error(journal.error().text());
  for (const Line& line : lines()) {
    now = line.at;
    if (killed_ && now > *killed_) break;
    journal->write(line.name, line.fields);
  }
  return folder.read("drill.jsonl");
}

Record Story::record(const std::string& guardian) const {
  auto read = read_record(journal(), guardian, "story.jsonl");
  if (!read) throw std::runtime_error(read.error().text());
  return std::move(*read);
}

Finding Story::finding(const std::string& name) const {
  const Verdict judged = verdict();
  for (const auto& finding : judged.findings) {
    if (finding.name == name) return finding;
  }
  if (!name.empty()) throw std::runtime_error("no finding of that name");
  const bool ended = judged.findings.back().name == "steady-state-at-the-end";
  return judged.findings.at(judged.findings.size() - (ended ? 2 : 1));
}

UtcInstant Story::start_of(const std::string& date) {
  int year = 0;
  unsigned month = 0, day = 0;
  std::sscanf(date.c_str(), "%d-%u-%u", &year, &month, &day);
  using namespace std::chrono;
  return sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day));
}

std::vector<Story::Line> Story::lines() const {
  std::vector<Line> out{{0s,
                         "drill",
                         {{"format", journal_format},
                          {"tool", "0.1.0"},
                          {"plan", plan_},
                          {"scenario", scenario_},
                          {"seed", 7},
                          {"repeat", 0}}}};
  std::vector<Line> rest;
  Duration last{};
  for (const auto& [at, name] : phases_) {
    rest.push_back({at, "phase", {{"phase", name}}});
    if (name == "inject" && !steady_.empty()) {
      rest.insert(rest.end() - 1, {at, "steady", {{"state", steady_}, {"why", "status 503"}}});
    }
    last = std::max(last, at);
  }
  for (const auto& [probe, scripts] : samples_) {
    for (const auto& [intended, script] : scripts) {
      rest.push_back({script.finished,
                      "sample",
                      {{"probe", probe},
                       {"i", intended.count()},
                       {"s", script.sent.count()},
                       {"f", script.finished.count()},
                       {"o", script.what.outcome},
                       {"v", script.what.values}}});
      last = std::max(last, script.finished);
    }
  }
  rest.insert(rest.end(), events_.begin(), events_.end());
  for (const Line& line : events_) last = std::max(last, line.at);
  std::ranges::stable_sort(rest, {}, &Line::at);
  out.insert(out.end(), rest.begin(), rest.end());
  if (!outcome_.empty()) out.push_back({last, "end", {{"outcome", outcome_}}});
  return out;
}

Story down_until(Duration back) {
  Story story;
  story.kill(6s).page(6s, back, refused);
  return story;
}

}  // namespace reprise::testing
