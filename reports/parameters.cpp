#include "reports/parameters.h"

#include "harness/judge/options.h"
#include "reports/catalogue.h"

namespace reprise {

std::vector<ProbeParameters> parameters_of(const Record& record) {
  std::vector<ProbeParameters> all;
  for (const auto& [name, probe] : record.probes) {
    const auto spec = record.plan.probes.find(name);
    if (spec == record.plan.probes.end()) continue;
    ProbeParameters one{.probe = name,
                        .every = spec->second.every,
                        .timeout = spec->second.timeout,
                        .sustained = sustained_of(name, record.scenario, record.plan),
                        .sustained_by_default = !record.scenario.sustained,
                        .own = {}};
    for (const AssertionSpec& assertion : record.scenario.assertions) {
      const auto own = duration_option(assertion, "sustained");
      if (own && text_option(assertion, "probe") == name) {
        one.own.emplace_back(assertion.name, *own);
      }
    }
    all.push_back(std::move(one));
  }
  return all;
}

namespace {

std::string by_default(Duration duration, bool defaulted, const std::string& language) {
  return text(defaulted ? "parameter.default" : "parameter.written", language,
              {{"value_ns", duration.count()}});
}

}  // namespace

std::string patience_text(const Scenario& scenario, const std::string& language) {
  return by_default(scenario.patience, scenario.patience_by_default, language);
}

std::string sustained_text(const ProbeParameters& of, const std::string& language) {
  std::string out = by_default(of.sustained, of.sustained_by_default, language);
  for (const auto& [assertion, duration] : of.own) {
    out +=
        text("parameter.own", language, {{"assertion", assertion}, {"value_ns", duration.count()}});
  }
  return out;
}

std::vector<std::string> leaves_told(const Scenario& scenario, const std::string& language) {
  std::vector<std::string> told;
  for (const auto& [probe, leaves] : scenario.leaves) {
    told.push_back(text("leaves.told", language,
                        {{"probe", probe},
                         {"level_key", fmt::format("level.{}", level_name(leaves.level))},
                         {"reason", leaves.reason.in(language)}}));
  }
  return told;
}

}  // namespace reprise
