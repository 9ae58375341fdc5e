// Recovery: which outages there are, what they may count from, and how long that makes them.
#include <algorithm>

#include <fmt/format.h>

#include "tests/judge/definition/causes.h"
#include "tests/judge/definition/oracle.h"

namespace reprise::testing::definition {
namespace {

// One filling of one recovery.
class RecoveryFilled {
 public:
  RecoveryFilled(const Ask& ask, const SmallDrill& drill, const Reading& reading, Filling samples)
      : ask_(ask), drill_(drill), reading_(reading), all_(std::move(samples)), w_(drill.w(ask)) {
    look();
    outages_ = outages(drill_, looked_, w_, reading_);
    for (Outage& one : outages_) {
      if (!awaited_) break;
      one.awaited = std::ranges::find(one.bad, awaited_->i, &Filled::i) != one.bad.end();
    }
  }

  [[nodiscard]] Answer answer(bool explain) {
    Answer out;
    if (outages_.empty()) {
      out = no_outage();
    } else {
      std::vector<Answer> each;
      for (const Outage& one : outages_) each.push_back(judged(one));
      out = gravest(each);
    }
    if (out.is(Status::pass) && cut_short()) out.status = {Status::inconclusive};
    out.workings = explain ? "\n    " + filling_printed() + workings_ : "";
    return out;
  }

 private:
  [[nodiscard]] Ms every() const { return drill_.page.every; }

  // Samples that had not finished before the first command, and the last that had, if it was bad.
  void look() {
    const Ms first = drill_.first_cmd();
    std::optional<Filled> last;
    for (const Filled& one : all_) {
      if (one.f > first) continue;
      if (!last || one.f > last->f || (one.f == last->f && one.i > last->i)) last = one;
    }
    if (last && !last->good) awaited_ = last;
    for (const Filled& one : all_) {
      const bool is_awaited = awaited_ && one.i == awaited_->i;
      if (one.f >= first || is_awaited) looked_.push_back(one);
    }
  }

  [[nodiscard]] Answer no_outage() const {
    Ms latency = 0;
    for (const Filled& one : looked_) {
      if (one.skipped && reading_.skipped_without_latency) continue;
      latency = std::max(latency, one.f - one.i);
    }
    const Ms resolution = every() + latency;
    const Status status = resolution <= ask_.limit ? Status::pass : Status::inconclusive;
    return {.status = {status}, .measured = Span{0, resolution}};
  }

  // Whether the end of the record leaves less than W since the last thing that may break something.
  [[nodiscard]] bool cut_short() const {
    Ms over = 0;
    for (const Candidate& one : candidates(drill_)) over = std::max(over, one.over);
    return all_.back().i + every() - over < w_;
  }

  [[nodiscard]] Ms latest_beginning(const Outage& outage) const {
    if (outage.awaited) return drill_.first_cmd();
    const Ms seen = outage.earliest_f();
    if (!outage.z || reading_.cause_after_the_end) return seen;
    return std::min(seen, outage.z->f);  // nothing begins after it has ended
  }

  // A sustained run, begun after the candidate was over, came whole before the outage.
  [[nodiscard]] bool spent(const Candidate& one, const Outage& outage) const {
    for (std::size_t at = 0; at < all_.size(); ++at) {
      const Filled& z = all_[at];
      if (!z.good || z.i < one.over || z.f + w_ >= outage.first_i()) continue;
      if (sustained(all_, at, w_, every())) return true;
    }
    return false;
  }

  [[nodiscard]] std::vector<Candidate> causes(const Outage& outage) const {
    std::vector<Candidate> unspent;
    std::optional<Candidate> latest;
    for (const Candidate& one : candidates(drill_)) {
      if (one.begun > latest_beginning(outage)) continue;
      if (!latest || one.begun > latest->begun) latest = one;
      if (!spent(one, outage)) unspent.push_back(one);
    }
    if (unspent.empty() && latest) unspent.push_back(*latest);
    return unspent;
  }

  // Whether this probe had an outage since the incident, and was back, before the step.
  [[nodiscard]] bool was_back(const SmallRound& incident, Ms step) const {
    for (const Outage& one : outages_) {
      if (!one.z || one.z->f + w_ > step) continue;
      const bool across = reading_.outage_across_the_incident && one.largest_f() >= incident.cmd;
      if (across || latest_beginning(one) >= incident.cmd) return true;
    }
    return false;
  }

  // Nothing for a condition that was never healed and held until the end.
  [[nodiscard]] std::optional<ClockStart> start_of(const Candidate& cause,
                                                   const Outage& outage) const {
    const SmallRound& round = cause.round;
    switch (cause.kind) {
      case CandidateKind::event: return ClockStart{round.cmd, round.armed};
      case CandidateKind::healing: return ClockStart{*round.healing, *round.healed};
      case CandidateKind::condition: {
        const bool always = ask_.want == Want::degraded || ask_.from == "incident";
        const bool back = outage.z && (!round.healing || outage.z->f <= *round.healing);
        if (always || back) return ClockStart{round.cmd, round.armed};
        if (!round.healing) return std::nullopt;
        return ClockStart{*round.healing, *round.healed};
      }
      case CandidateKind::step: break;
    }
    const auto incident = incident_answered(drill_);
    if (!incident || was_back(*incident, cause.begun)) return ClockStart{cause.begun, cause.begun};
    return ClockStart{incident->cmd, incident->armed};
  }

  // The last healing, before the return, of a condition that was in place during the outage.
  [[nodiscard]] std::optional<ClockStart> last_healing(const Outage& outage) const {
    std::optional<ClockStart> out;
    for (const SmallRound& one : drill_.rounds) {
      if (!one.healing) continue;
      const bool met = one.cmd <= outage.largest_f() && *one.healed >= outage.first_i();
      const bool before =
          !outage.z || (reading_.healing_surely_before ? *one.healed <= outage.last_i()
                                                       : *one.healing < outage.z->f);
      if (!met || !before) continue;
      if (!out || *one.healing > out->earliest) out = ClockStart{*one.healing, *one.healed};
    }
    return out;
  }

  [[nodiscard]] std::optional<ClockStart> named_incident(const Outage& outage) const {
    std::optional<ClockStart> out;
    for (const SmallRound& one : drill_.rounds) {
      if (one.id != ask_.incident || one.cmd > latest_beginning(outage)) continue;
      if (!out || one.cmd > out->earliest) out = ClockStart{one.cmd, one.armed};
    }
    return out;
  }

  [[nodiscard]] Answer judged(const Outage& outage) {
    workings_ += fmt::format("\n      outage bad {}..{} z {}{}", outage.first_i(), outage.last_i(),
                             outage.z ? std::to_string(outage.z->i) : "none",
                             outage.awaited ? " awaited" : "");
    std::optional<ClockStart> one;
    if (ask_.from == "heal") one = last_healing(outage);
    if (!ask_.incident.empty()) one = named_incident(outage);
    if (one) return measured(outage, {*one}, false);
    std::vector<ClockStart> starts;
    bool decides = false, unhealed = false;
    for (const Candidate& cause : causes(outage)) {
      const auto start = start_of(cause, outage);
      workings_ += fmt::format("\n        cause {}@{}", cause.name, cause.begun);
      if (!start) unhealed = true;
      if (start) starts.push_back(*start);
      if (cause.kind == CandidateKind::event || cause.kind == CandidateKind::step) decides = true;
    }
    if (starts.empty()) return {.status = {Status::inconclusive}};
    if (decides) starts = {*std::ranges::min_element(starts, {}, &ClockStart::earliest)};
    return measured(outage, starts, unhealed && !decides);
  }

  // The recovery from each start, both ends; they are told apart only where they decide apart.
  [[nodiscard]] Answer measured(const Outage& outage, const std::vector<ClockStart>& starts,
                                bool unhealed) {
    for (const auto& start : starts) {
      workings_ += fmt::format("\n        from [{}, {}]", start.earliest, start.latest);
    }
    Ms latest = starts.front().latest, earliest = starts.front().earliest;
    for (const auto& start : starts) {
      latest = std::max(latest, start.latest);
      earliest = std::min(earliest, start.earliest);
    }
    const Ms low = std::max<Ms>(0, outage.last_i() - latest);
    if (!outage.z) return unfinished(outage, low, unhealed);
    Answer out{.status = {Status::inconclusive}, .failures = {"chaos.RecoveryTooLate"}};
    out.measured = Span{low, std::max<Ms>(0, outage.z->f - earliest)};
    const bool in_time = *out.measured->high <= ask_.limit;
    const bool late = std::ranges::all_of(
        starts, [&](const ClockStart& start) { return outage.z->f - start.earliest > ask_.limit; });
    if (in_time) out.status = {Status::pass};
    if (late) out.status = {Status::fail};
    if (!late) out.failures.clear();
    return out;
  }

  [[nodiscard]] Answer unfinished(const Outage& outage, Ms low, bool unhealed) const {
    Answer out{.status = {Status::inconclusive}, .measured = Span{low, std::nullopt}};
    if (unhealed) return out;
    if (low > ask_.limit) {
      out.status = {Status::fail};
      out.failures = {"chaos.RecoveryTooLate", "chaos.NotRecovered"};
      return out;
    }
    if (!drill_.completed()) return out;
    for (const Filled& one : looked_) {
      if (one.i <= outage.last_i()) continue;
      // The first good sample behind the last bad one: a run that was under way when patience was
      // over would have been waited for.
      if (!drill_.patience_over || one.i <= *drill_.patience_over) return out;
      break;
    }
    out.status = {Status::fail};
    out.failures = {"chaos.NotRecovered"};
    return out;
  }

  [[nodiscard]] std::string filling_printed() const {
    std::string out = "filling ";
    for (const Filled& one : all_) out += one.good ? '.' : 'X';
    return out;
  }

  const Ask& ask_;
  const SmallDrill& drill_;
  Reading reading_;
  Filling all_, looked_;
  Ms w_;
  std::optional<Filled> awaited_;
  std::vector<Outage> outages_;
  std::string workings_;
};

}  // namespace

Answer recovery(const Ask& ask, const SmallDrill& drill, const Reading& reading, bool explain) {
  std::vector<Answer> each;
  std::string workings;
  for (const Filling& filling : fillings(ask.want, drill.page, drill.first_cmd())) {
    each.push_back(RecoveryFilled(ask, drill, reading, filling).answer(explain));
    if (explain) workings += each.back().workings;
  }
  Answer out = over_fillings(each);
  out.workings = workings;
  return out;
}

}  // namespace reprise::testing::definition
