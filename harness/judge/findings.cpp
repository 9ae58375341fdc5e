#include "harness/judge/findings.h"

#include <algorithm>
#include <utility>

#include "harness/judge/cause.h"
#include "harness/judge/options.h"

namespace reprise {
namespace {

constexpr Duration longest_told{std::int64_t{1} << 54};  // as `tamed` has it

// Drilled durations stand for longer ones, where backups are made less often.
Duration in_reality(Duration drilled, const Compression& compress) {
  return tamed(drilled) > longest_told / compress.times ? longest_told
                                                        : tamed(drilled) * compress.times;
}

}  // namespace

std::optional<Duration> told_duration(const nlohmann::json& values, const char* name) {
  const auto found = values.find(name);
  if (found == values.end() || !found->is_number_integer()) return std::nullopt;
  return tamed(Duration(found->get<std::int64_t>()));
}

nlohmann::json expected_text(const Expected& expected) {
  if (!expected.predicate) return expected.level;
  return {{"predicate", expected.predicate->source()}};
}

Finding unjudged(const AssertionSpec& spec, Message statement) {
  Finding out;
  out.kind = spec.kind;
  out.name = spec.name;
  out.where = spec.where;
  out.objective = spec.objective;
  out.statement = std::move(statement);
  out.status = Status::inconclusive;
  return out;
}

Finding passed(Finding finding, Message outcome) {
  finding.status = Status::pass;
  finding.outcome = std::move(outcome);
  return finding;
}

Finding inconclusive(Finding finding, Message outcome) {
  finding.status = Status::inconclusive;
  finding.outcome = std::move(outcome);
  return finding;
}

Finding missed(Finding finding, std::string failure, Message outcome) {
  finding.status = Status::fail;
  finding.failure = std::move(failure);
  finding.outcome = std::move(outcome);
  finding.cause = cause_of(finding);
  return finding;
}

bool graver(const Finding& left, const Finding& right) {
  if (left.status != right.status) return left.status > right.status;
  const auto high = [](const Finding& finding) {
    return finding.measured ? finding.measured->high.value_or(Duration::max()) : Duration::min();
  };
  return high(left) > high(right);
}

Finding together(std::vector<Finding> findings) {
  const auto gravest = std::ranges::min_element(findings, graver);
  Finding out = std::move(*gravest);
  findings.erase(gravest);
  const auto add = [&](Miss miss) {
    const bool told =
        miss.failure == out.failure ||
        std::ranges::find(out.others, miss.failure, &Miss::failure) != out.others.end();
    if (!told) out.others.push_back(std::move(miss));
  };
  auto further = std::exchange(out.others, {});
  for (Miss& miss : further) add(std::move(miss));
  for (Finding& other : findings) {
    if (other.status != Status::fail) continue;
    add({other.failure, other.outcome, other.cause, std::nullopt});
    for (Miss& miss : other.others) add(std::move(miss));
  }
  return out;
}

void tell_compression(Message& statement, const char* key, Duration limit,
                      const Scenario& scenario) {
  if (!scenario.compress) return;
  const Compression& compress = *scenario.compress;
  statement.key = key;
  statement.arguments["real_ns"] = in_reality(limit, compress).count();
  statement.arguments["times"] = compress.times;
  statement.arguments["period_ns"] = compress.period.count();
  statement.arguments["drilled_ns"] = compress.drilled().count();
}

void add_interval(Message& message, const Interval& interval) {
  message.arguments["low_ns"] = interval.low.count();
  message.arguments["high_ns"] = nullptr;  // the catalogue's word for unbounded
  if (interval.high) message.arguments["high_ns"] = interval.high->count();
}

void add_interval(Message& message, const Interval& interval, const Scenario& scenario) {
  add_interval(message, interval);
  if (!scenario.compress) return;
  message.arguments["real_low_ns"] = in_reality(interval.low, *scenario.compress).count();
  message.arguments["real_high_ns"] = nullptr;
  if (interval.high) {
    message.arguments["real_high_ns"] = in_reality(*interval.high, *scenario.compress).count();
  }
}

}  // namespace reprise
