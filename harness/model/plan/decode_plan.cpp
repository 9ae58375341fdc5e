#include "harness/model/expectations/expectation.h"
#include "harness/model/fields.h"
#include "harness/model/scenario/scenario.h"

namespace reprise {
namespace {

ProbeSpec probe_of(const std::string& name, const Fields& fields) {
  ProbeSpec out;
  out.name = name;
  out.kind = fields.needed_text("kind");
  out.options = fields.value("options");
  if (!out.options.is_object()) fields.fail("'options' is not an object");
  out.every = fields.duration("every", 1s);
  out.timeout = fields.duration("timeout", 1s);
  out.in_flight = fields.integer("in-flight", 1, 10'000, 64);
  out.pointers = fields.texts("pointers");
  out.headers = fields.texts("headers");
  if (const auto searches = fields.value("searches"); searches.is_array()) {
    for (const auto& search : searches) {
      if (auto read = Expectation::Search::read(search); !read) fields.fail(read.error().what);
      out.searches.push_back(search);
    }
  }
  out.served_by = fields.text("served-by");
  out.where = fields.where();
  // An interval of nothing would make an endless schedule.
  if (out.every <= Duration{}) fields.fail("'every' is not positive");
  if (out.timeout <= Duration{}) fields.fail("'timeout' is not positive");
  return out;
}

LedgerSpec ledger_of(const std::string& name, const Fields& fields) {
  LedgerSpec out;
  out.name = name;
  out.title = fields.translated("title");
  out.write = probe_of(name, fields.object("write"));
  if (fields.has("acknowledged")) out.acknowledged = fields.value("acknowledged");
  out.clients = fields.integer("clients", 1, 100, out.clients);
  const Fields read = fields.object("read");
  out.read = read.needed_text("kind");
  out.read_options = read.value("options");
  if (!out.read_options.is_object()) read.fail("'options' is not an object");
  out.read_within = fields.duration("read-within", out.read_within);
  out.copies = fields.integer("copies", 1, 1000, out.copies);
  out.where = fields.where();
  return out;
}

Service service_of(const std::string& name, const Fields& fields) {
  Service out;
  out.name = name;
  out.title = fields.translated("title");
  out.command = fields.texts("command");
  out.env = fields.text_map("env");
  out.folder = fields.text("folder", out.folder);
  if (fields.has("ready")) out.ready = probe_of(name, fields.object("ready"));
  out.ready_within = fields.duration("ready-within", out.ready_within);
  out.after = fields.texts("after");
  out.restart = fields.text("restart", out.restart);
  out.restart_delay = fields.duration("restart-delay", out.restart_delay);
  out.stop_signal = fields.text("stop-signal", out.stop_signal);
  out.stop_within = fields.duration("stop-within", out.stop_within);
  out.health_period = fields.duration("health-period", out.health_period);
  out.outside = fields.boolean("outside", false);
  out.external = fields.boolean("external", false);
  out.target = fields.boolean("target", false);
  out.address = fields.text("address");
  out.where = fields.where();
  return out;
}

Procedure procedure_of(const std::string& name, const Fields& fields) {
  Procedure out;
  out.name = name;
  out.title = fields.translated("title");
  fields.each_item("steps", [&](const Fields& step) {
    Step next;
    next.kind = step.needed_text("kind");
    next.options = step.value("options");
    next.title = step.translated("title");
    next.within = step.duration("within", next.within);
    next.rung = step.text("rung");
    next.where = step.where();
    // Step kinds read options.value without asking.
    if (!next.options.is_object() || !next.options.contains("value")) {
      step.fail("'options' has no value");
    }
    out.steps.push_back(std::move(next));
  });
  out.where = fields.where();
  return out;
}

void read_system(const Fields& system, Plan& out) {
  out.system = system.text("folder");
  system.each_entry("services", [&](const std::string& name, const Fields& fields) {
    out.services[name] = service_of(name, fields);
  });
  system.each_entry("links", [&](const std::string& name, const Fields& fields) {
    out.links[name] = {name,
                       fields.needed_text("from"),
                       fields.needed_text("to"),
                       fields.text("protocol", "http"),
                       fields.boolean("transparent", false),
                       fields.where()};
  });
  out.databases = system.text_map("databases");
  out.files = system.text_map("files");
  system.each_entry("disks", [&](const std::string& name, const Fields& fields) {
    const auto size = parse_size(fields.needed_text("size"));
    if (!size) return fields.fail(size.error().text());
    out.disks[name] = {fields.needed_text("path"), *size};
  });
  system.each_entry("procedures", [&](const std::string& name, const Fields& fields) {
    out.procedures[name] = procedure_of(name, fields);
  });
}

Objectives objectives_of(const Fields& fields) {
  Objectives out;
  out.rto = fields.duration("rto");
  out.rpo = fields.duration("rpo");
  if (fields.has("availability")) {
    auto share = parse_percentage(fields.text("availability"));
    if (share) out.availability = *share;
    if (!share) fields.fail(share.error().what);
  }
  return out;
}

}  // namespace

Result<Plan> decode_plan(const nlohmann::json& resolved) {
  std::optional<Error> error;
  Fields fields(resolved, "plan", error);
  Plan out;
  out.name = fields.needed_text("plan");
  out.version = fields.text("version");
  out.title = fields.translated("title");
  if (fields.has("objectives")) out.objectives = objectives_of(fields.object("objectives"));
  if (fields.has("review")) {
    out.review_every = fields.object("review").duration("every", Duration{});
  }
  fields.each_entry("risks", [&](const std::string& name, const Fields& risk) {
    out.risks[name] = {name, risk.translated("title"), risk.text("likelihood"),
                       risk.text("severity")};
  });
  read_system(fields.object("system"), out);
  fields.each_entry("probes", [&](const std::string& name, const Fields& probe) {
    out.probes[name] = probe_of(name, probe);
  });
  fields.each_entry("ledgers", [&](const std::string& name, const Fields& ledger) {
    out.ledgers[name] = ledger_of(name, ledger);
  });
  if (error) return std::unexpected(std::move(*error));
  out.resolved = resolved;
  return out;
}

}  // namespace reprise
