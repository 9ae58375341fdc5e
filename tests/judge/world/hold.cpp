// Holds a verdict against the truth, and shows both.
#include <algorithm>
#include <sstream>

#include "tests/judge/world/bills.h"

namespace reprise::testing::world {
namespace {

char kind_of(const Bill& bill, char otherwise) {
  for (const char kind : {'e', 'd', 'f', 'a', 'b', 'c'}) {
    if (bill.kinds.contains(kind)) return kind;
  }
  return otherwise;
}

const Finding* finding_of(const Verdict& verdict, const std::string& name) {
  for (const auto& finding : verdict.findings) {
    if (finding.name == name) return &finding;
  }
  return nullptr;
}

std::string without_prefix(const std::string& failure) {
  const std::string prefix = "chaos.";
  return failure.starts_with(prefix) ? failure.substr(prefix.size()) : failure;
}

template <class Judged>
std::set<std::string> reported(const Judged& finding) {
  std::set<std::string> out{without_prefix(finding.failure)};
  if constexpr (requires { finding.others; }) {
    for (const auto& miss : finding.others) out.insert(without_prefix(miss.failure));
  }
  return out;
}

class Holding {
 public:
  Holding(const World& world, const Verdict& verdict) : world_(world), verdict_(verdict) {}

  void hold(const Bill& bill) {
    bill_ = &bill;
    const Finding* finding = finding_of(verdict_, bill.name);
    if (!finding) {
      if (bill.no_pass && verdict_.status == Status::pass) say("the verdict passes", true);
      return;
    }
    const auto spec = std::ranges::find(world_.demands, bill.name, &AssertionSpec::name);
    const bool declared = spec != world_.demands.end() && spec->known;
    const Status status = finding->status;
    const bool miss = status == Status::fail || status == Status::conditional;
    if (bill.no_pass && status == Status::pass) say("passes, though " + bill.why_no_pass, true);
    if (bill.no_fail && miss) say("is missed, though " + bill.why_no_fail, false);
    if (declared && status == Status::conditional) {
      std::set<std::string> uncovered = bill.missed;
      uncovered.erase(spec->known->failure);
      if (!uncovered.empty()) say("is excused, though " + *uncovered.begin(), true);
    }
    if (declared && status == Status::fail && bill.all_missed &&
        bill.missed == std::set<std::string>{spec->known->failure}) {
      say("is not excused by `known`", false);
    }
    if (status == Status::pass || miss) hold_measured(*finding);
    if (status == Status::fail) hold_reported(*finding);
    if (status == Status::fail && bill.lost_after) hold_dated(*finding);
  }

  std::vector<Violation> found;

 private:
  void hold_measured(const Finding& finding) {
    if (!finding.measured || bill_->truths.empty()) return;
    const auto& [low, high] = *finding.measured;
    const bool inside = std::ranges::any_of(
        bill_->truths, [&](Duration truth) { return low <= truth && (!high || truth <= *high); });
    std::string truths;
    for (const Duration truth : bill_->truths) truths += " " + format_duration(truth);
    if (!inside) say("measures what is not so, truly" + truths, false);
  }

  void hold_reported(const Finding& finding) {
    const auto told = reported(finding);
    for (const auto& failure : bill_->missed) {
      if (!told.contains(failure)) say("does not tell of " + failure, true);
    }
  }

  // "The headline is the number, the span from the first to the last such write, …".
  void hold_dated(const Finding& finding) {
    std::vector<nlohmann::json> told;
    if (without_prefix(finding.failure) == "LostAfterFailure") {
      told.push_back(finding.outcome.arguments);
    } else {
      add_outcomes(finding, told);
    }
    const auto& lost = *bill_->lost_after;
    for (const auto& arguments : told) {
      if (tells(arguments, lost.numbers) && tells(arguments, lost.spans)) return;
    }
    if (!told.empty()) say("does not say how many were lost after the failure, and when", true);
  }

  template <class Judged>
  static void add_outcomes(const Judged& finding, std::vector<nlohmann::json>& told) {
    if constexpr (requires { finding.others; }) {
      for (const auto& miss : finding.others) {
        if (without_prefix(miss.failure) == "LostAfterFailure") {
          told.push_back(miss.outcome.arguments);
        }
      }
    }
  }

  static bool tells(const nlohmann::json& arguments, const std::set<std::int64_t>& values) {
    return std::ranges::any_of(arguments, [&](const nlohmann::json& value) {
      return value.is_number_integer() && values.contains(value.get<std::int64_t>());
    });
  }

  void say(const std::string& what, bool hidden) {
    const char otherwise = hidden ? '?' : '!';
    found.push_back({kind_of(*bill_, otherwise), bill_->name, bill_->name + " " + what});
  }

  const World& world_;
  const Verdict& verdict_;
  const Bill* bill_ = nullptr;
};

double ms(Duration at) { return static_cast<double>(at.count()) / 1e6; }

const char* name_of(Being being) {
  constexpr const char* names[] = {"well",   "fallback",  "slow",     "wrong",
                                   "broken", "resetting", "refusing", "hanging"};
  return names[static_cast<int>(being)];
}

char letter_of(const Shot& shot) {
  constexpr char letters[] = {'n', 'd', 'w', 'b', 'r', 'x', 't'};
  return letters[static_cast<int>(shot.saw)];
}

std::string author_of(const Author& author) {
  constexpr const char* names[] = {"nobody", "command", "healing", "step"};
  return std::string(names[static_cast<int>(author.kind)]) + " " + std::to_string(author.index);
}

void show_truth(std::ostream& out, const World& world) {
  out << "inject " << ms(world.inject) << " heal " << ms(world.heal) << " recover "
      << ms(world.recover) << " end " << ms(world.end) << " outcome '" << world.outcome
      << "' patience " << ms(world.patience);
  if (world.patience_over) out << " over at " << ms(*world.patience_over);
  out << "\n";
  for (const auto& strike : world.strikes) {
    out << (strike.condition ? "condition " : "event ") << strike.id << " round " << strike.round
        << ": [" << ms(strike.commanded) << ", " << ms(strike.armed) << "] truly "
        << ms(strike.truly) << ", bit " << ms(strike.bit);
    if (strike.healing) {
      out << ", heals [" << ms(*strike.healing) << ", " << ms(*strike.healed) << "] truly "
          << ms(strike.truly_healed);
    }
    out << "\n";
  }
  for (const auto& step : world.steps) {
    const TrueRun& run = world.runs[step.run];
    out << "step " << step.kind << " of run " << step.run << " (" << run.procedure << " after '"
        << run.after << "'): [" << ms(step.started) << ", " << ms(step.finished) << "]"
        << (step.failed ? " failed" : "") << "\n";
  }
  for (const auto& probe : world.probes) {
    out << probe.name << " every " << ms(probe.every) << " timeout " << ms(probe.timeout)
        << " sustained " << ms(world.sustain_of(probe)) << " patient " << ms(probe.patient) << "\n";
    for (const auto& piece : probe.pieces) {
      if (piece.being == Being::well) continue;
      out << "  truly " << name_of(piece.being) << " [" << ms(piece.from) << ", " << ms(piece.to)
          << ") by " << author_of(piece.author) << "\n";
    }
  }
}

void show_ledger(std::ostream& out, const TrueLedger& ledger) {
  out << "ledger, strays " << ledger.strays << ", copies allowed " << ledger.copies_allowed
      << "; kept and acknowledged writes only where others are beside them\n";
  const auto plain = [&](std::size_t n) {
    return n >= ledger.writes.size() ||
           (ledger.writes[n].outcome == 'a' && ledger.writes[n].copies == 1 &&
            !ledger.writes[n].corrupted);
  };
  for (std::size_t n = 0; n < ledger.writes.size(); ++n) {
    const TrueWrite& write = ledger.writes[n];
    if (plain(n) && plain(n + 1) && (n == 0 || plain(n - 1))) continue;
    out << "  " << n << " " << write.outcome << " s " << ms(write.sent) << " commit "
        << ms(write.commit) << " a " << ms(write.answered) << " copies " << write.copies
        << (write.corrupted ? " corrupted" : "");
    if (write.lost_by) out << " lost by " << *write.lost_by;
    out << "\n";
  }
}

void show_record(std::ostream& out, const World& world) {
  for (const auto& line : world.lines) {
    constexpr const char* kept[] = {"whole", "left out", "left out unsearched", "cut",
                                    "cut unsearched"};
    out << "line at " << ms(line.at) << (line.matches ? " matches, " : ", ")
        << kept[static_cast<int>(line.kept)] << ", told at " << ms(line.told_at) << "\n";
  }
  if (world.ledger) show_ledger(out, *world.ledger);
  for (const auto& probe : world.probes) {
    out << probe.name << ": (n)ominal (d)egraded (w)rong (b)roken (r)efused reset(x) (t)imeout;"
        << " [skipped] {cut}; i+latency where it is longer than an interval\n";
    int column = 0;
    for (const auto& shot : probe.shots) {
      const char letter = letter_of(shot);
      const Duration took = shot.f - shot.i;
      out << (column == 0 ? "  " + std::to_string(ms(shot.i)) + " " : "");
      if (shot.skipped)
        out << '[' << letter << ']';
      else if (shot.cut)
        out << '{' << letter << '}';
      else
        out << letter;
      if (took > probe.every) out << '+' << ms(took) << ' ';
      if (++column == 25) out << "\n";
      column %= 25;
    }
    out << "\n";
  }
}

}  // namespace

std::vector<Violation> violations(const std::vector<Bill>& bills, const World& world,
                                  const Verdict& verdict) {
  Holding holding(world, verdict);
  for (const auto& bill : bills) holding.hold(bill);
  return holding.found;
}

std::string shown(const World& world, const Verdict& verdict) {
  std::ostringstream out;
  out.precision(12);
  out << "seed " << world.seed << "\n";
  show_truth(out, world);
  show_record(out, world);
  for (const auto& spec : world.demands) {
    out << spec.name << " " << spec.options.dump();
    if (spec.known) out << " known " << spec.known->failure;
    out << "\n";
  }
  out << "verdict " << status_name(verdict.status) << "\n";
  for (const auto& reason : verdict.reasons) out << "  because " << reason.key << "\n";
  for (const auto& finding : verdict.findings) {
    out << "  " << finding.name << " " << status_name(finding.status) << " " << finding.failure
        << " " << finding.outcome.key << " " << finding.outcome.arguments.dump();
    if (finding.measured) {
      out << " measured [" << ms(finding.measured->low) << ", "
          << (finding.measured->high ? std::to_string(ms(*finding.measured->high)) : "none") << "]";
    }
    out << "\n";
  }
  return out.str();
}

}  // namespace reprise::testing::world
