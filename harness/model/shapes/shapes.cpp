#include "harness/model/shapes/shapes.h"

#include <limits>

#include "harness/model/scenario/scenario.h"
#include "harness/model/shapes/shape_node.h"

namespace reprise {
namespace {

using FieldList = std::vector<Shape::Field>;

constexpr double largest = std::numeric_limits<double>::max();

Shape whole(std::int64_t low, std::int64_t high) { return Shape::integer(low, high); }

// `{secret: text}`: kept out of everything that is written.
Shape secret() {
  return Shape::object({{"secret", Shape::text(), required, "as in ${env.NAME}; never written"}});
}

// A variable's value, of whatever type.
Shape scalar() {
  return Shape::either({Shape::text(0), Shape::number(-largest, largest), Shape::boolean()})
      .defined_as("scalar");
}

// `command: [sleep, 10]`: what is no text is given to the program as it is written.
Shape argument() { return scalar(); }

FieldList tags(const auto& kinds, const std::string& called) {
  FieldList out;
  for (const auto& kind : kinds) {
    out.push_back({kind.name, kind.options.defined_as(called + "-" + kind.name),
                   Shape::Field::Need::optional, kind.summary});
  }
  return out;
}

Shape watch() {
  return Shape::object({{"probe", Shape::name_of("probe"), required, "a probe of the plan"},
                        {"expect", Shape::expectation(), required, "what it must see"},
                        {"for", Shape::duration(), {}, "for how long; default 0s"}})
      .defined_as("watch");
}

FieldList start_fields() {
  return {{"at", Shape::duration(), {}, "from the beginning of the inject phase; default 0s"},
          {"after", Shape::name(), {}, "the id of a fault: when it is over"},
          {"when",
           watch(),
           {},
           "when a probe sees this; waited for until `patience` after the last fault was armed or "
           "healed and the last procedure ended, as long as none is at work"},
          {"delay", Shape::duration(), {}, "so much later, with after and when"}};
}

Shape fault(const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  std::map<std::string, Shape> options;
  for (const FaultInfo& kind : vocabulary.faults) {
    names.push_back(kind.name);
    options.emplace(kind.name, kind.options.defined_as("fault-" + kind.name));
  }
  Shape repeat = Shape::object({{"times", whole(1, 10'000), required, "how often"},
                                {"every", Shape::duration(), required, "from start to start"},
                                {"jitter", Shape::duration(), {}, "each start ± so much"}});
  FieldList fields{
      {"inject", Shape::choice(names), required, "a kind of fault"},
      {"id", Shape::name(), {}, "default: the kind and a number, http_status-1"},
      {"into", Shape::name(), {}, "its target: an entry of the plan's system"},
      {"with", Shape::any(), {}, "the kind's options"},
      {"for", Shape::duration(), {}, "healed after so long; default: when all is healed"},
      {"repeat", std::move(repeat), {}, "several rounds"}};
  for (auto& field : start_fields()) fields.push_back(std::move(field));
  return selected_object(std::move(fields), "inject", "with", std::move(options))
      .defined_as("fault");
}

// One level of composition within another is as far as it goes.
Shape faults(const Vocabulary& vocabulary) {
  Shape one = fault(vocabulary);
  auto group = [](const char* name, Shape member) {
    return Shape::object({{name, Shape::list(std::move(member), 1), required}});
  };
  Shape sequence = group("sequence", Shape::either({one, group("parallel", one)}));
  Shape parallel = group("parallel", Shape::either({one, group("sequence", one)}));
  return Shape::list(Shape::either({one, sequence, parallel}));
}

Shape procedure_runs() {
  FieldList fields{{"run", Shape::name_of("procedure"), required, "a procedure of the plan"}};
  for (auto& field : start_fields()) fields.push_back(std::move(field));
  return Shape::list(Shape::object(std::move(fields)));
}

Shape assertions(const Vocabulary& vocabulary) {
  Shape known = Shape::object(
      {{"finding", Shape::text(), required, "its number in the register of findings"},
       {"owner", Shape::text(), required, "the role that answers for it"},
       {"until", Shape::text_matching("[0-9]{4}-[0-9]{2}-[0-9]{2}", "date as in 2027-12-31"),
        required, "the last day on which a miss is conditional"},
       {"failure",
        Shape::text_matching("[A-Z][A-Za-z]*", "a failure as JUnit calls it, as in RpoExceeded"),
        required, "the only failure that is known; every other one is a miss"}});
  return Shape::list(Shape::tagged(tags(vocabulary.assertions, "assertion"),
                                   {{"name", Shape::name(), {}, "unique; default: the kind"},
                                    {"known", std::move(known), {}, "a declared deficiency"}}),
                     1);
}

// A probe by its name, and what the drill may leave it at.
Shape leaves() {
  Shape level = Shape::choice({"nominal", "degraded", "down"});
  Shape one = Shape::object({{"level", level, required, "at least; down demands nothing"},
                             {"reason", Shape::translated(), {}, "shown in the report"}});
  return Shape::table(
      Shape::either({std::move(one), std::move(level)}),
      {{"reason", Shape::translated(), {}, "of every probe without one of its own"}});
}

// What a plan may give as defaults and a scenario as its own.
FieldList shared_fields(const Vocabulary& vocabulary) {
  Shape level = Shape::object({{"nominal", Shape::predicate(), required, "as it should be"},
                               {"degraded", Shape::predicate(), {}, "an acceptable fallback"}});
  Shape steady =
      Shape::object({{"for", Shape::duration(), {}, "how long it must hold; default 1s"},
                     {"within", Shape::duration(), {}, "how long to wait for it; default 15s"}});
  return {{"tags", Shape::list(Shape::name()), {}, "for --tag"},
          {"levels", Shape::table(std::move(level)), {}, "what each probe's samples mean"},
          {"steady-state", Shape::list(watch()), {}, "what must hold before anything is broken"},
          {"steady", std::move(steady), {}, "how long the steady state must hold"},
          {"faults", faults(vocabulary), {}, "what is broken, and when"},
          {"procedures", procedure_runs(), {}, "which procedures are run, and when"},
          {"abort", Shape::list(watch()), {}, "guards: one that fails stops and heals at once"},
          {"hold", Shape::duration(), {}, "after the last start, before healing; default 0s"},
          {"sustained", Shape::duration(), {}, "how long a recovery must last"},
          {"patience", Shape::duration(), {}, "how long to wait for it; default min(rto, 60s)"},
          {"repeat", whole(1, 10'000), {}, "how often the drill is run; default 1"},
          {"assertions", assertions(vocabulary), {}, "what must be seen"}};
}

Shape probe(const Vocabulary& vocabulary) {
  return Shape::tagged(
      tags(vocabulary.probes, "probe"),
      {{"every", Shape::duration(), {}, "default: the lesser of rto/100 and 1s"},
       {"timeout", Shape::duration(), required, "the user's patience"},
       {"in-flight", whole(1, 10'000), {}, "overlapping samples; default 64"},
       {"served-by", Shape::text(), {}, "JSON pointer to the source that served"}});
}

Shape ledger(const Vocabulary& vocabulary) {
  Shape write = Shape::tagged(
      tags(vocabulary.probes, "probe"),
      {{"acknowledged",
        Shape::predicate(),
        {},
        "what an acknowledgement looks like; default HTTP 2xx, exit code 0, a statement that "
        "succeeds"}});
  return Shape::object(
      {{"title", Shape::translated(), {}, ""},
       {"write", std::move(write), required,
        "one write, as a probe: its texts hold ${entry.key} and ${entry.payload}"},
       {"every", Shape::duration(), required, "from write to write, all clients together"},
       {"timeout", Shape::duration(), required, "of one write; its outcome is then unknown"},
       {"clients", whole(1, 100), {}, "writing side by side; default 1"},
       {"read", Shape::tagged(tags(vocabulary.readers, "reader"), {}), required,
        "how to read them back; texts may hold ${entry.prefix}"},
       {"read-within", Shape::duration(), {}, "for all readings; default 30s"},
       {"copies", whole(1, 1000), {}, "of one entry that are allowed; default 1"}});
}

Shape service(const Vocabulary& vocabulary) {
  Shape ready = Shape::tagged(tags(vocabulary.probes, "probe"),
                              {{"every", Shape::duration(), {}, "default 50ms"},
                               {"timeout", Shape::duration(), {}, "default 1s"}});
  Shape value = Shape::either({argument(), secret()});
  return Shape::object(
      {{"title", Shape::translated(), {}, ""},
       {"command", Shape::list(argument(), 1), {}, "an argument vector; never a shell"},
       {"env", Shape::map(std::move(value)), {}, "added to the environment"},
       {"folder", Shape::text(), {}, "working folder in the system's folder; default ."},
       {"ready", std::move(ready), {}, "it is ready when this probe is answered"},
       {"ready-within", Shape::duration(), {}, "default 30s"},
       {"after", Shape::list(Shape::name_of("service")), {}, "must be ready before"},
       {"restart", Shape::choice({"never", "on-failure", "always"}), {}, "default never"},
       {"restart-delay", Shape::duration(), {}, "default 100ms"},
       {"stop-signal", Shape::choice({"TERM", "INT", "QUIT"}), {}, "default TERM"},
       {"stop-within", Shape::duration(), {}, "then it is killed; default 5s"},
       {"health-period", Shape::duration(), {}, "how often the system looks at itself"},
       {"outside", Shape::boolean(), {}, "a third party's stand-in; default false"},
       {"external", Shape::boolean(), {}, "neither started nor stopped here; default false"},
       {"target", Shape::boolean(), {}, "scenarios may break this external service; default false"},
       {"address", Shape::text(), {}, "host:port of an external service"}});
}

Shape procedure(const Vocabulary& vocabulary) {
  FieldList kinds = tags(vocabulary.steps, "step");
  kinds.push_back({"include", Shape::name_of("procedure"), {}, "the steps of another procedure"});
  Shape step = Shape::tagged(std::move(kinds),
                             {{"title", Shape::translated(), {}, ""},
                              {"within", Shape::duration(), {}, "default 1min"},
                              {"rung",
                               Shape::choice({step_rungs.begin(), step_rungs.end()}),
                               {},
                               "of the restore ladder: how far a restore is with this step"},
                              {"force", Shape::boolean(), {}, "kill at once; default false"}});
  return Shape::object({{"title", Shape::translated(), {}, ""},
                        {"steps", Shape::list(std::move(step), 1), required, "in order"}});
}

Shape system_shape(const Vocabulary& vocabulary) {
  Shape link = Shape::object({{"from", Shape::name_of("service"), required, "a service"},
                              {"to", Shape::text(), required, "a service, or host:port"},
                              {"protocol", Shape::choice({"http", "tcp"}), {}, "default http"},
                              {"transparent",
                               Shape::boolean(),
                               {},
                               "the kernel leads every connection to 'to', whoever makes it, into "
                               "the proxy: nothing needs to be told the link's address"}});
  Shape disk = Shape::object({{"path", Shape::text(), required, "in the system's folder"},
                              {"size", Shape::size(), required, "all it holds, as in 64MiB"}});
  return Shape::object(
      {{"folder", Shape::text(), {}, "beside the plan; copied for every drill"},
       {"services", Shape::table(service(vocabulary)), {}, "what runs"},
       {"links", Shape::table(std::move(link)), {}, "who talks to whom, through the proxy"},
       {"databases",
        Shape::table(Shape::either({Shape::text(), secret()})),
        {},
        "connection URLs by name"},
       {"files", Shape::table(Shape::text()), {}, "paths in the system's folder by name"},
       {"disks",
        Shape::table(std::move(disk)),
        {},
        "folders on a file system of their own, in memory (needs the sandbox)"},
       {"procedures", Shape::table(procedure(vocabulary)), {}, "what people do"}});
}

nlohmann::json published(const Shape& shape, const char* title) {
  auto out = shape.schema();
  out["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  out["title"] = title;
  return out;
}

}  // namespace

Shape variables_shape() { return Shape::table(Shape::either({scalar(), secret()})); }
Shape matrix_shape() { return Shape::table(Shape::list(scalar(), 1)); }

Shape plan_shape(const Vocabulary& vocabulary) {
  Shape objectives = Shape::object({{"rto", Shape::duration(), {}, "recovery time objective"},
                                    {"rpo", Shape::duration(), {}, "recovery point objective"},
                                    {"availability", Shape::percentage(), {}, "over a year"}});
  Shape risk = Shape::object(
      {{"title", Shape::translated(), {}, ""},
       {"likelihood", Shape::choice({"low", "medium", "high"}), {}, ""},
       {"severity", Shape::choice({"minor", "moderate", "major", "critical"}), {}, ""}});
  Shape review = Shape::object({{"every", Shape::duration(), required, "as in 3months"}});
  return Shape::object(
      {{"reprise", whole(1, 1), required, "format version: 1"},
       {"plan", Shape::name(), required, "its name"},
       {"version", Shape::text(), {}, "of the plan's document"},
       {"title", Shape::translated(), {}, ""},
       {"objectives", std::move(objectives), {}, "what is promised"},
       {"review", std::move(review), {}, "how often the plan must be tested"},
       {"risks", Shape::table(std::move(risk)), {}, "what the plan fears"},
       {"vars", variables_shape(), {}, "filled in where ${name} stands"},
       {"system", system_shape(vocabulary), required, "what is protected"},
       {"probes", Shape::table(probe(vocabulary)), {}, "how to look at it"},
       {"ledgers",
        Shape::table(ledger(vocabulary)),
        {},
        "numbered writes, read back at the end: what was lost"},
       {"defaults", Shape::object(shared_fields(vocabulary)), {}, "inherited by scenarios"}});
}

Shape compress_shape() {
  return Shape::object(
      {{"times", whole(2, most_compressed), required, "how many times more often"},
       {"period", Shape::duration(), required,
        "from one backup to the next, in reality; what it becomes is ${compress.period}"},
       {"probe", Shape::name_of("probe"), required,
        "of kind backups: shows that they are made no more often than that"}});
}

Shape scenario_shape(const Vocabulary& vocabulary) {
  FieldList fields{{"reprise", whole(1, 1), required, "format version: 1"},
                   {"scenario", Shape::name(), required, "its name"},
                   {"title", Shape::translated(), {}, ""},
                   {"vars", variables_shape(), {}, "filled in where ${name} stands"},
                   {"for-each", matrix_shape(), {}, "a scenario for each combination"},
                   {"covers", Shape::list(Shape::name_of("risk")), {}, "risks of the plan"},
                   {"compress",
                    compress_shape(),
                    {},
                    "backups are made more often than in reality; `rpo` is as many times shorter, "
                    "and both figures are printed"},
                   {"leaves",
                    leaves(),
                    {},
                    "probes of the steady state that need not be well at the end, and why"}};
  for (auto& field : shared_fields(vocabulary)) fields.push_back(std::move(field));
  return Shape::object(std::move(fields));
}

nlohmann::json file_schemas(const Vocabulary& vocabulary) {
  return {{"plan", published(plan_shape(vocabulary), "reprise plan")},
          {"scenario", published(scenario_shape(vocabulary), "reprise scenario")}};
}

}  // namespace reprise
