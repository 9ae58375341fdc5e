#include "tests/judge/world/truth.h"

#include <algorithm>
#include <stdexcept>

namespace reprise::testing::world {

nlohmann::json expect_of(Want want) {
  switch (want) {
    case Want::nominal: return "nominal";
    case Want::degraded: return "degraded";
    case Want::status200: return {{"status", 200}};
  }
  return {};
}

bool WatchedProbe::good(const Shot& shot, Want want) const {
  const bool late = patient > 0s && shot.f - shot.i >= patient;
  switch (shot.saw) {
    case Saw::nominal: return want != Want::nominal || !late;
    case Saw::fallback: return want != Want::nominal;
    case Saw::wrong: return want == Want::status200;
    default: return false;
  }
}

bool WatchedProbe::told(const Shot& shot, Want want) const {
  return !shot.skipped && (!shot.cut || want == Want::status200);
}

bool WatchedProbe::well(Being being, Want want) const {
  switch (being) {
    case Being::well: return true;
    case Being::fallback: return want != Want::nominal;
    case Being::slow: return patient == 0s || want != Want::nominal;
    case Being::wrong: return want == Want::status200;
    default: return false;
  }
}

std::optional<Piece> WatchedProbe::outage_at(Duration at, Want want) const {
  const auto bad = [&](const Piece& piece) { return !well(piece.being, want); };
  auto first = std::ranges::find_if(
      pieces, [&](const Piece& piece) { return piece.from <= at && at < piece.to; });
  if (first == pieces.end() || !bad(*first)) return std::nullopt;
  auto last = first;
  while (first != pieces.begin() && bad(*std::prev(first))) --first;
  while (std::next(last) != pieces.end() && bad(*std::next(last))) ++last;
  return Piece{first->from, last->to, first->being, first->author};
}

std::optional<Piece> WatchedProbe::outage_met(Duration tau, Duration s, Duration f,
                                              Want want) const {
  if (auto met = outage_at(tau, want)) return met;
  // Answered well, but too late for the level: it waited out an outage in between.
  for (const auto& piece : pieces) {
    if (piece.from <= f && piece.to > s && !well(piece.being, want)) {
      return outage_at(piece.from, want);
    }
  }
  return std::nullopt;
}

const WatchedProbe& World::probe(const std::string& name) const {
  for (const auto& one : probes) {
    if (one.name == name) return one;
  }
  throw std::runtime_error("no probe " + name);
}

Duration World::sustain_of(const WatchedProbe& one) const {
  return sustained ? *sustained : std::max(20 * one.every, 3 * health_period);
}

Duration World::over() const {
  Duration out{};
  for (const auto& strike : strikes) out = std::max(out, strike.healed.value_or(0s));
  for (const auto& step : steps) out = std::max(out, step.finished);
  return out;
}

std::vector<std::string> World::fault_ids() const {
  std::vector<std::string> out;
  for (const auto& strike : strikes) {
    if (std::ranges::find(out, strike.id) == out.end()) out.push_back(strike.id);
  }
  return out;
}

}  // namespace reprise::testing::world
