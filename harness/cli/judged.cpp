#include "harness/cli/judged.h"

#include <set>
#include <tuple>

namespace reprise {

namespace {

std::string name_of(const std::filesystem::path& journal, const Plan& plan) {
  return fmt::format("journals/{}/{}", plan.name, journal.filename().string());
}

}  // namespace

Result<Drill> read_drill(const std::filesystem::path& journal) {
  auto record = read_record(journal);
  if (!record) return std::unexpected(record.error());
  const auto name = name_of(journal, record->plan);
  record->source = name;
  Verdict verdict = judge(*record);
  return Drill{name, std::move(*record), std::move(verdict)};
}

Drill unrecorded_drill(const Job& job, UtcInstant begun, const std::string& why, bool undone) {
  const Redaction& redaction = *job.redaction;
  // Before anything was started, both were seen to be readable with their secrets hidden.
  auto plan = decode_plan(redaction.document(job.plan->resolved));
  auto scenario = decode_scenario(redaction.document(job.scenario->resolved));
  REPRISE_REQUIRE(plan && scenario);
  Record record;
  record.plan = std::move(*plan);
  record.scenario = std::move(*scenario);
  record.source = name_of(job.journal, record.plan);
  record.earlier = job.earlier;
  record.tool = REPRISE_VERSION;
  record.seed = job.seed;
  record.repeat = job.repeat;
  record.started = begun;
  record.files = job.file_hashes;
  record.operator_name = redaction.text(job.operator_name);
  record.command = redaction.text(job.command);
  record.outcome = "unknown";
  Verdict verdict;
  verdict.reasons = {{"drill.no-journal", {{"why", redaction.text(why)}}}};
  verdict.clean = undone;
  if (!undone) verdict.residue = {"`reprise undo` tells what is left, and undoes it"};
  std::string journal = record.source;
  return Drill{std::move(journal), std::move(record), std::move(verdict)};
}

bool tells_nothing(const Verdict& verdict) {
  return verdict.status == Status::inconclusive && verdict.clean && !verdict.voided_miss;
}

Run in_order(std::vector<Drill> drills) {
  std::set<std::pair<std::string, std::string>> repeated;
  for (const Drill& drill : drills) {
    for (const auto& [journal, head] : drill.record.earlier) repeated.emplace(journal, head);
  }
  std::erase_if(drills, [&](const Drill& drill) {
    return repeated.contains({drill.journal, drill.record.head}) && tells_nothing(drill.verdict);
  });
  std::ranges::stable_sort(drills, {}, [](const Drill& drill) {
    const Record& record = drill.record;
    return std::tuple(record.plan.name, record.scenario.name, record.repeat);
  });
  return {std::move(drills)};
}

}  // namespace reprise
