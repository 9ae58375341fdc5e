#include "harness/engine/drill/stolen_time.h"

#include <array>
#include <fstream>
#include <numeric>
#include <string>

namespace reprise {

CpuTime cpu_time() {
  std::ifstream file("/proc/stat");
  std::string name;
  file >> name;
  // user, nice, system, idle, iowait, irq, softirq, steal; a guest's own time is in user's already.
  std::array<std::uint64_t, 8> ticks{};
  for (auto& one : ticks) file >> one;
  if (!file || name != "cpu") return {};
  return {ticks.back(), std::accumulate(ticks.begin(), ticks.end(), std::uint64_t{})};
}

int stolen_percent(const CpuTime& before, const CpuTime& after) {
  if (after.all <= before.all || after.stolen < before.stolen) return 0;
  const auto all = after.all - before.all;
  return static_cast<int>((100 * (after.stolen - before.stolen) + all / 2) / all);
}

}  // namespace reprise
