#include "harness/cli/judged.h"

#include <tuple>

namespace reprise {

Result<Drill> read_drill(const std::filesystem::path& journal) {
  auto record = read_record(journal);
  if (!record) return std::unexpected(record.error());
  const auto name = fmt::format("journals/{}/{}", record->plan.name, journal.filename().string());
  record->source = name;
  Verdict verdict = judge(*record);
  return Drill{name, std::move(*record), std::move(verdict)};
}

Run in_order(std::vector<Drill> drills) {
  std::ranges::stable_sort(drills, {}, [](const Drill& drill) {
    const Record& record = drill.record;
    return std::tuple(record.plan.name, record.scenario.name, record.repeat);
  });
  return {std::move(drills)};
}

}  // namespace reprise
