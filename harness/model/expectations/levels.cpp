// Levels of service, and what a scenario expects: a level by its name, or a predicate of its own.
#include <algorithm>

#include "harness/model/expectations/expectation.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

Truth both_of(Truth left, Truth right) {
  if (left == Truth::fails || right == Truth::fails) return Truth::fails;
  return left == Truth::unknown ? left : right;
}

Truth opposite(Truth of) {
  if (of == Truth::unknown) return of;
  return of == Truth::holds ? Truth::fails : Truth::holds;
}

Truth either_of(Truth left, Truth right) {
  return opposite(both_of(opposite(left), opposite(right)));
}

}  // namespace

std::string_view level_name(Level level) {
  switch (level) {
    case Level::nominal: return "nominal";
    case Level::degraded: return "degraded";
    case Level::down: return "down";
  }
  return "down";
}

std::optional<Level> Levels::classify(const Observation& seen) const {
  if (!nominal && !degraded) return seen.outcome == "answered" ? Level::nominal : Level::down;
  const Truth well = nominal ? nominal->evaluate(seen) : Truth::fails;
  if (well == Truth::holds) return Level::nominal;
  const Truth fallback = degraded ? degraded->evaluate(seen) : Truth::fails;
  if (well == Truth::unknown || fallback == Truth::unknown) return std::nullopt;
  return fallback == Truth::holds ? Level::degraded : Level::down;
}

Result<Expected> Expected::parse(const nlohmann::json& value) {
  Expected out;
  if (value.is_string()) {
    out.level = value.get<std::string>();
    std::vector<std::string> levels{"nominal", "degraded", "down"};
    if (std::ranges::find(levels, out.level) == levels.end()) {
      return failure("{} is not a level: nominal, degraded, down", in_quotes(out.level));
    }
    return out;
  }
  auto predicate = Expectation::parse(value);
  if (!predicate) return std::unexpected(predicate.error());
  out.predicate = std::move(*predicate);
  return out;
}

Truth Expected::evaluate(const Observation& seen, const Levels& levels, Match match,
                         Meant meant) const {
  if (predicate) return predicate->evaluate(seen, meant);
  const auto of = [&](const std::optional<Expectation>& one) {
    return one ? one->evaluate(seen) : Truth::fails;
  };
  const bool unsaid = !levels.nominal && !levels.degraded;
  const Truth answered = seen.outcome == "answered" ? Truth::holds : Truth::fails;
  const Truth well = unsaid ? answered : of(levels.nominal);
  if (level == "nominal") return well;
  const Truth fallback = of(levels.degraded);
  if (level == "down") return opposite(either_of(well, fallback));
  if (match == Match::exactly) return both_of(opposite(well), fallback);
  return either_of(well, fallback);
}

}  // namespace reprise
