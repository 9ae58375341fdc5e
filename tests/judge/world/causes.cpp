// What an outage counts from.
#include <algorithm>

#include "tests/judge/world/law.h"

namespace reprise::testing::world {
namespace {

using Kind = Author::Kind;

std::vector<Author> candidates(const World& world) {
  std::vector<Author> out;
  for (std::size_t n = 0; n < world.strikes.size(); ++n) {
    out.push_back({Kind::command, n});
    if (world.strikes[n].healing) out.push_back({Kind::healing, n});
  }
  for (std::size_t n = 0; n < world.steps.size(); ++n) {
    if (world.steps[n].kind != "wait") out.push_back({Kind::step, n});
  }
  return out;
}

// A sustained run, begun after it was over, was complete before the first bad look.
bool is_spent(Duration over, const std::vector<Look>& looks, Duration i_first, Duration sustain) {
  for (std::size_t p = 0; p < looks.size() && looks[p].i < i_first; ++p) {
    if (looks[p].i < over || !looks[p].good) continue;
    const Duration until = looks[p].f + sustain;
    if (until >= i_first) continue;
    std::size_t n = p;
    while (n < looks.size() && looks[n].i <= until && looks[n].good) ++n;
    if (n < looks.size() && looks[n].i > until) return true;
  }
  return false;
}

// The t_cmd of the incident that a step's procedure answers; none before it: nothing.
std::optional<std::size_t> incident_of(const World& world, const TrueRun& run) {
  std::optional<std::size_t> out;
  for (std::size_t n = 0; n < world.strikes.size(); ++n) {
    const Strike& strike = world.strikes[n];
    if (strike.commanded >= run.started) continue;
    if (!run.after.empty() && strike.id != run.after) continue;
    if (!out || strike.commanded >= world.strikes[*out].commanded) out = n;
  }
  return out;
}

Start of_command(const World& world, std::size_t index) {
  const Strike& strike = world.strikes[index];
  return {{Kind::command, index}, strike.commanded, strike.armed, strike.truly};
}

Start of_step(const World& world, const WatchedProbe& probe, std::size_t index, const Spell& spell,
              const Recovering& all, bool& unsure) {
  const TrueStep& step = world.steps[index];
  Start own{{Kind::step, index}, step.started, step.started, step.started, true};
  const auto incident = incident_of(world, world.runs[step.run]);
  if (!incident) return own;
  Start answered = of_command(world, *incident);
  answered.author = own.author;
  answered.sharp = true;
  const Duration sustain = world.sustain_of(probe);
  for (const auto& earlier : all.spells) {
    if (earlier.i_first >= spell.i_first) break;
    if (!earlier.f_z || (earlier.max_f < answered.low && !earlier.awaited)) continue;
    // An awaited outage began with the first command; one that was under way is not one since.
    const bool since = earlier.i_first > answered.high || (earlier.awaited && incident == 0);
    if (!since && earlier.min_f < answered.low) continue;
    const bool surely = *earlier.f_z + sustain + 2 * probe.every < step.started;
    const bool perhaps = *earlier.f_z <= step.started;
    if (since && surely) return own;
    if (perhaps) unsure = true;
  }
  return answered;
}

Start of_condition(const World& world, std::size_t index, const Spell& spell,
                   const RecoveryOptions& options) {
  Start start = of_command(world, index);
  const Strike& strike = world.strikes[index];
  if (options.want == Want::degraded || options.from == "incident") return start;
  if (!strike.healing) {
    start.endless = !spell.f_z;
    return start;
  }
  if (spell.f_z && *spell.f_z <= *strike.healing) return start;
  return {start.author, *strike.healing, *strike.healed, strike.truly_healed};
}

// `from: heal`.
std::optional<Start> last_healing(const World& world, const Spell& spell, bool& unsure) {
  std::optional<Start> loose, strict;
  for (std::size_t n = 0; n < world.strikes.size(); ++n) {
    const Strike& strike = world.strikes[n];
    if (!strike.healing) continue;
    const Start start{{Kind::healing, n}, *strike.healing, *strike.healed, strike.truly_healed};
    // It began before the return; commanded before the last bad answer, healed after the first.
    const Duration back = spell.f_z.value_or(Duration::max());
    const bool may = *strike.healing <= back && strike.commanded <= spell.max_f &&
                     *strike.healed >= spell.i_first;
    const bool must =
        *strike.healing < back && strike.commanded <= spell.i_y && *strike.healed > spell.i_first;
    if (may && loose && start.low == loose->low) unsure = true;
    if (may && (!loose || start.low >= loose->low)) loose = start;
    if (must && (!strict || start.low >= strict->low)) strict = start;
  }
  if (loose.has_value() != strict.has_value() || (loose && loose->low != strict->low)) {
    unsure = true;
  }
  return strict;
}

// `incident: NAME`.
std::optional<Start> last_round(const World& world, const std::string& id, Duration latest) {
  std::optional<Start> out;
  for (std::size_t n = 0; n < world.strikes.size(); ++n) {
    if (world.strikes[n].id == id && world.strikes[n].commanded <= latest) {
      out = of_command(world, n);
    }
  }
  return out;
}

}  // namespace

std::pair<Duration, Duration> span_of(const World& world, Author author) {
  if (author.kind == Kind::step) {
    return {world.steps[author.index].started, world.steps[author.index].finished};
  }
  const Strike& strike = world.strikes[author.index];
  if (author.kind == Kind::healing) return {*strike.healing, *strike.healed};
  return {strike.commanded, strike.armed};
}

std::optional<Start> start_of(const World& world, const WatchedProbe& probe, Author author,
                              const Spell& spell, const Recovering& all,
                              const RecoveryOptions& options, bool& unsure) {
  switch (author.kind) {
    case Kind::nobody: return std::nullopt;
    case Kind::step: return of_step(world, probe, author.index, spell, all, unsure);
    case Kind::healing: {
      const Strike& strike = world.strikes[author.index];
      return Start{author, *strike.healing, *strike.healed, strike.truly_healed};
    }
    case Kind::command: break;
  }
  if (world.strikes[author.index].condition) {
    return of_condition(world, author.index, spell, options);
  }
  Start start = of_command(world, author.index);
  start.sharp = true;
  return start;
}

Causes causes_of(const World& world, const WatchedProbe& probe, const Spell& spell,
                 const Recovering& all, const RecoveryOptions& options) {
  Causes out;
  const Duration latest = std::min(spell.min_f, spell.f_z.value_or(spell.min_f));
  if (!options.incident.empty()) {
    if (const auto named = last_round(world, options.incident, latest)) {
      out.starts.push_back(*named);
      out.starts.back().sharp = true;
      return out;
    }
  }
  if (options.from == "heal") {
    if (const auto healing = last_healing(world, spell, out.unsure)) {
      out.starts.push_back(*healing);
      return out;
    }
  }
  std::vector<Author> left;
  std::optional<Author> newest, newest_over;
  for (const Author author : candidates(world)) {
    const auto [begin, over] = span_of(world, author);
    if (begin > latest) continue;
    if (!newest || begin >= span_of(world, *newest).first) newest = author;
    if (!newest_over || over >= span_of(world, *newest_over).second) newest_over = author;
    if (!is_spent(over, all.looks, spell.i_first, world.sustain_of(probe)))
      left.push_back(author);
    else
      ++out.spent;
  }
  if (left.empty() && newest) {
    left.push_back(*newest);
    if (newest != newest_over) out.unsure = true;
  }
  for (const Author author : left) {
    if (const auto start = start_of(world, probe, author, spell, all, options, out.unsure)) {
      out.starts.push_back(*start);
    }
  }
  return out;
}

}  // namespace reprise::testing::world
