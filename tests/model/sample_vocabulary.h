// A small vocabulary made by hand: the model's tests need kinds, and must not depend on the real
// ones. Threads: any.
#pragma once

#include "harness/model/shapes/vocabulary.h"

namespace reprise {
namespace sample {

inline KindInfo kind(std::string name, Shape options) {
  return {std::move(name), "A kind of the tests", std::move(options), {}};
}

inline ProbeInfo probe(std::string name, Shape options, Duration least,
                       std::vector<SeenValue> sees) {
  ProbeInfo out{kind(std::move(name), std::move(options))};
  out.least_interval = least;
  out.sees = std::move(sees);
  return out;
}

inline FaultInfo fault(std::string name, Shape options, Nature nature, std::string target) {
  FaultInfo out{kind(std::move(name), std::move(options))};
  out.nature = nature;
  out.target = std::move(target);
  return out;
}

inline KindInfo judging(std::string name, Shape options, std::vector<std::string> failures,
                        CountsFromFault counts = {}) {
  KindInfo out = kind(std::move(name), std::move(options));
  out.failures = std::move(failures);
  out.counts = std::move(counts);
  return out;
}

inline Shape within() { return Shape::either({Shape::duration(), Shape::choice({"rto"})}); }
inline Shape at_most() { return Shape::either({Shape::duration(), Shape::choice({"rpo"})}); }

inline std::vector<FaultInfo> faults() {
  Shape nothing = Shape::object({});
  Shape status = Shape::object({{"status", Shape::integer(100, 599), required, "its code"},
                                {"share", Shape::percentage(), {}, "of the requests"}});
  FaultInfo answer = fault("http_status", status, Nature::condition, Target::link);
  answer.http_only = true;
  return {answer,
          fault("network_cut", nothing, Nature::condition, Target::link),
          fault("process_kill", nothing, Nature::event, Target::service),
          fault("file_delete", nothing, Nature::event, Target::file),
          fault("db_refuse", nothing, Nature::condition, Target::database),
          fault("cpu_stress", Shape::object({{"service", Shape::name()}}), Nature::condition,
                Target::none)};
}

inline std::vector<KindInfo> assertions() {
  Shape expect = Shape::object({{"probe", Shape::name(), required},
                                {"expect", Shape::expectation(), required},
                                {"within", within()},
                                {"sustained", Shape::duration()},
                                {"detect", Shape::duration()},
                                {"incident", Shape::name()}});
  Shape throughout = Shape::object({{"probe", Shape::name_of("probe"), required},
                                    {"expect", Shape::expectation(), required},
                                    {"allowed-failures", Shape::integer(0, 1'000'000)},
                                    {"longest-outage", Shape::duration()},
                                    {"during", Shape::choice({"fault", "all"})}});
  Shape log = Shape::object({{"service", Shape::name(), required},
                             {"matches", Shape::text(), required},
                             {"within", Shape::duration()},
                             {"at-least", Shape::integer(1, 1'000'000)},
                             {"absent", Shape::boolean()},
                             {"evidence", Shape::boolean()},
                             {"incident", Shape::name()}});
  Shape loss = Shape::object({{"ledger", Shape::name(), required}, {"incident", Shape::name()}});
  Shape rpo = Shape::object(
      {{"ledger", Shape::name(), required}, {"at-most", at_most()}, {"incident", Shape::name()}});
  Shape backup = Shape::object({{"probe", Shape::name_of("probe"), required},
                                {"at", Shape::choice({"incident", "end"})},
                                {"incident", Shape::name()}});
  Shape run = Shape::object({{"run", Shape::name(), required}, {"within", within()}});
  std::vector<KindInfo> out{
      judging("fallback", expect, {"NoFallback", "FallbackTooLate"}, {.ever = true}),
      judging("recovery", expect, {"RtoExceeded", "RecoveryTooLate", "NotRecovered"}),
      judging("throughout", throughout, {"TooManyFailures"}),
      judging("log", log, {"LogMissing"}, {.ever = true, .only_with = "within"}),
      judging("no-loss", loss, {"DataLost"}, {.ever = true}),
      judging("rpo", rpo, {"RpoExceeded"}, {.ever = true}),
      judging("backup", backup, {"BackupTooOld"}, {.ever = true, .unless = {"at", "end"}}),
      judging("procedure", run, {"ProcedureFailed", "RtoExceeded"})};
  out[0].due_in_fault = true;
  out[1].lasting_failure = "NotRecovered";
  out[6].probe_kind = "backups";
  return out;
}

inline std::vector<ProbeInfo> probes() {
  Shape http = Shape::object({{"url", Shape::text(), required, "where to look"},
                              {"method", Shape::choice({"GET", "HEAD", "POST"})},
                              {"body-limit", Shape::size()}});
  Shape url = Shape::object({{"url", Shape::text(), required}});
  Shape folder = Shape::object({{"folder", Shape::text(), required}});
  Shape address = Shape::object({{"address", Shape::text(), required}, {"receive", Shape::text()}});
  ProbeInfo lines = probe(
      "lines", Shape::object({{"service", Shape::name(), required}, {"matches", Shape::text()}}),
      1ms, {seen::always(seen::integer("count"))});
  lines.asks_nothing = true;
  return {probe("http", http, 1ms,
                {seen::in_part(seen::always(seen::http_status())), seen::in_part(seen::headers()),
                 seen::in_part(seen::never_with("method", "HEAD", seen::documents())),
                 seen::in_part(seen::never_with("method", "HEAD", seen::text("text"))),
                 seen::in_part(seen::integer("size"))}),
          probe("backups", folder, 1ms,
                {seen::outcome({"answered", "timeout", "error"}), seen::integer("count"),
                 seen::duration("age"), seen::boolean("sound"), seen::in_part(seen::text("text"))}),
          probe("tcp", address, 1ms,
                {seen::only_with("receive",
                                 seen::in_part(seen::holds("receive", seen::text("text"))))}),
          probe("browser", url, 500ms, {seen::text("title"), seen::in_part(seen::text("text"))}),
          probe("query", url, 1ms,
                {seen::integer("rows"), seen::beside("rows", {{">=", 1}}, seen::any("value")),
                 seen::columns("row"), seen::without_answer(seen::text("sqlstate"))}),
          probe("disk", folder, 1ms,
                {seen::boolean("exists"),
                 seen::beside("exists", true, seen::word("kind", {"file", "folder"})),
                 seen::beside("kind", "file", seen::text("sum"))}),
          lines};
}

inline std::vector<KindInfo> steps() {
  Shape services =
      Shape::either({Shape::name_of("service"), Shape::list(Shape::name_of("service"), 1)});
  Shape wait = Shape::object(
      {{"probe", Shape::name_of("probe"), required}, {"expect", Shape::expectation(), required}});
  KindInfo ask = kind(
      "http", Shape::object({{"url", Shape::text(), required}, {"expect", Shape::predicate()}}));
  ask.looks_as = "http";
  KindInfo stop = kind("stop", services);
  stop.forcible = true;
  KindInfo start = kind("start", services);
  stop.runs_services = start.runs_services = true;
  return {stop,
          start,
          kind("delete", Shape::name_of("file")),
          kind("wait", wait),
          ask,
          kind("manual", Shape::object({{"instruction", Shape::translated(), required}}))};
}

}  // namespace sample

[[nodiscard]] inline const Vocabulary& sample_vocabulary() {
  static const Vocabulary vocabulary{
      .faults = sample::faults(),
      .probes = sample::probes(),
      .steps = sample::steps(),
      .readers = {sample::kind("query", Shape::object({{"database", Shape::name(), required},
                                                       {"query", Shape::text(), required}}))},
      .assertions = sample::assertions()};
  return vocabulary;
}

}  // namespace reprise
