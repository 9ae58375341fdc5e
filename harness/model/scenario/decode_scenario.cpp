#include "harness/model/fields.h"
#include "harness/model/scenario/scenario.h"

namespace reprise {
namespace {

Watch watch_of(const Fields& fields) {
  return {fields.needed_text("probe"), fields.expected("expect"),
          fields.duration("for", Duration{}), fields.where()};
}

std::vector<Watch> watches_of(const Fields& fields, const char* key) {
  std::vector<Watch> out;
  fields.each_item(key, [&](const Fields& item) { out.push_back(watch_of(item)); });
  return out;
}

Start start_of(const Fields& fields) {
  Start out;
  out.at = fields.duration("at", Duration{});
  out.after = fields.text("after");
  out.delay = fields.duration("delay", Duration{});
  if (fields.has("when")) out.when = watch_of(fields.object("when"));
  return out;
}

FaultSpec fault_of(const Fields& fields) {
  FaultSpec out;
  out.id = fields.needed_text("id");
  out.kind = fields.needed_text("inject");
  out.into = fields.text("into");
  if (fields.has("with")) out.with = fields.value("with");
  if (!out.with.is_object()) fields.fail("'with' is not an object");
  out.start = start_of(fields);
  out.lasting = fields.duration("for");
  if (fields.has("repeat")) {
    auto repeat = fields.object("repeat");
    out.times = repeat.integer("times", 1, 10'000, 1);
    out.every = repeat.duration("every", Duration{});
    out.jitter = repeat.duration("jitter", Duration{});
  }
  out.where = fields.where();
  return out;
}

AssertionSpec assertion_of(const Fields& fields) {
  AssertionSpec out;
  out.kind = fields.needed_text("kind");
  out.name = fields.needed_text("name");
  out.options = fields.value("options");
  if (!out.options.is_object()) fields.fail("'options' is not an object");
  out.objective = fields.text("objective");
  if (fields.has("known")) {
    auto known = fields.object("known");
    out.known = Known{known.text("finding"), known.text("owner"), known.text("until"),
                      known.needed_text("failure")};
  }
  out.where = fields.where();
  return out;
}

Levels levels_of(const Fields& fields) {
  Levels out;
  for (const char* key : {"nominal", "degraded"}) {
    if (!fields.has(key)) continue;
    auto parsed = Expectation::parse(fields.value(key));
    if (!parsed) {
      fields.fail(parsed.error().what);
      continue;
    }
    (std::string_view(key) == "nominal" ? out.nominal : out.degraded) = std::move(*parsed);
  }
  return out;
}

Leaves leaves_of(const Fields& fields) {
  Leaves out;
  const std::string level = fields.needed_text("level");
  for (const Level one : {Level::nominal, Level::degraded, Level::down}) {
    if (level == level_name(one)) out.level = one;
  }
  if (level != level_name(out.level)) fields.fail("'level' is not a level");
  out.reason = fields.translated("reason");
  return out;
}

}  // namespace

Result<Scenario> decode_scenario(const nlohmann::json& resolved) {
  std::optional<Error> error;
  Fields fields(resolved, "scenario", error);
  Scenario out;
  out.name = fields.needed_text("scenario");
  out.title = fields.translated("title");
  out.covers = fields.texts("covers");
  out.tags = fields.texts("tags");
  fields.each_entry("levels", [&](const std::string& probe, const Fields& levels) {
    out.levels[probe] = levels_of(levels);
  });
  out.steady_state = watches_of(fields, "steady-state");
  fields.each_entry("leaves", [&](const std::string& probe, const Fields& one) {
    out.leaves[probe] = leaves_of(one);
  });
  auto steady = fields.object("steady");
  out.steady_for = steady.duration("for", 1s);
  out.steady_within = steady.duration("within", 15s);
  fields.each_item("faults", [&](const Fields& one) { out.faults.push_back(fault_of(one)); });
  fields.each_item("procedures", [&](const Fields& one) {
    out.procedures.push_back({one.needed_text("run"), start_of(one), one.where()});
  });
  out.abort = watches_of(fields, "abort");
  fields.each_item("assertions",
                   [&](const Fields& one) { out.assertions.push_back(assertion_of(one)); });
  out.hold = fields.duration("hold", Duration{});
  out.sustained = fields.duration("sustained");
  out.patience = fields.duration("patience", 60s);
  out.patience_by_default = fields.boolean("patience-by-default", false);
  out.repeat = fields.integer("repeat", 1, 10'000, 1);
  if (fields.has("compress")) {
    auto compress = fields.object("compress");
    out.compress = Compression{compress.integer("times", 1, most_compressed, 1),
                               compress.duration("period", Duration{}), compress.text("probe")};
  }
  out.where = fields.where();
  out.file = out.where.file;
  if (error) return std::unexpected(std::move(*error));
  out.resolved = resolved;
  return out;
}

const Levels& Scenario::levels_of(const std::string& probe) const {
  static const Levels none;
  auto found = levels.find(probe);
  return found != levels.end() ? found->second : none;
}

std::set<std::string> Scenario::ledgers_used() const {
  std::set<std::string> used;
  for (const AssertionSpec& assertion : assertions) {
    if (assertion.options.contains("ledger")) used.insert(assertion.options.at("ledger"));
  }
  return used;
}

}  // namespace reprise
