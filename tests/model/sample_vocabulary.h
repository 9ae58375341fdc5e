// A small vocabulary made by hand: the model's tests need kinds, and must not depend on the real
// ones. Threads: any.
#pragma once

#include "harness/model/vocabulary.h"

namespace reprise {
namespace sample {

inline KindInfo kind(std::string name, Shape options) {
  return {std::move(name), "A kind of the tests", std::move(options), {}};
}

inline ProbeInfo probe(std::string name, Shape options, Duration least) {
  ProbeInfo out{kind(std::move(name), std::move(options))};
  out.least_interval = least;
  return out;
}

inline FaultInfo fault(std::string name, Shape options, Nature nature, Target target) {
  FaultInfo out{kind(std::move(name), std::move(options))};
  out.nature = nature;
  out.target = target;
  return out;
}

inline Shape within() { return Shape::either({Shape::duration(), Shape::choice({"rto"})}); }
inline Shape at_most() { return Shape::either({Shape::duration(), Shape::choice({"rpo"})}); }

inline std::vector<FaultInfo> faults() {
  Shape nothing = Shape::object({});
  Shape status = Shape::object({{"status", Shape::integer(100, 599), required, "its code"},
                                {"share", Shape::percentage(), {}, "of the requests"}});
  return {fault("http_status", status, Nature::condition, Target::link),
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
                                {"detect", Shape::duration()}});
  Shape throughout = Shape::object({{"probe", Shape::name_of("probe"), required},
                                    {"expect", Shape::expectation(), required},
                                    {"allowed-failures", Shape::integer(0, 1'000'000)},
                                    {"longest-outage", Shape::duration()}});
  Shape log = Shape::object({{"service", Shape::name(), required},
                             {"matches", Shape::text(), required},
                             {"within", Shape::duration()},
                             {"absent", Shape::boolean()},
                             {"evidence", Shape::boolean()}});
  KindInfo fallback = kind("fallback", expect);
  fallback.due_in_fault = true;
  return {
      fallback,
      kind("recovery", expect),
      kind("throughout", throughout),
      kind("log", log),
      kind("no-loss", Shape::object({{"ledger", Shape::name(), required}})),
      kind("rpo", Shape::object({{"ledger", Shape::name(), required}, {"at-most", at_most()}})),
      kind("procedure", Shape::object({{"run", Shape::name(), required}, {"within", within()}}))};
}

inline std::vector<KindInfo> steps() {
  Shape services =
      Shape::either({Shape::name_of("service"), Shape::list(Shape::name_of("service"), 1)});
  Shape wait = Shape::object(
      {{"probe", Shape::name_of("probe"), required}, {"expect", Shape::expectation(), required}});
  return {kind("stop", services), kind("start", services), kind("delete", Shape::name_of("file")),
          kind("wait", wait),
          kind("manual", Shape::object({{"instruction", Shape::translated(), required}}))};
}

}  // namespace sample

[[nodiscard]] inline const Vocabulary& sample_vocabulary() {
  static const Vocabulary vocabulary{
      .faults = sample::faults(),
      .probes = {sample::probe("http",
                               Shape::object({{"url", Shape::text(), required, "where to look"},
                                              {"method", Shape::choice({"GET", "POST"})},
                                              {"body-limit", Shape::size()}}),
                               1ms),
                 sample::probe("backups", Shape::object({{"folder", Shape::text(), required}}),
                               1ms),
                 sample::probe("tcp", Shape::object({{"address", Shape::text(), required}}), 1ms),
                 sample::probe("browser", Shape::object({{"url", Shape::text(), required}}),
                               500ms)},
      .steps = sample::steps(),
      .readers = {sample::kind("query", Shape::object({{"database", Shape::name(), required},
                                                       {"query", Shape::text(), required}}))},
      .assertions = sample::assertions()};
  return vocabulary;
}

}  // namespace reprise
