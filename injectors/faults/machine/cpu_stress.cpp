// A condition: processes that do nothing but take processor time compete with the system, and with
// the drill's own probes: one that they delayed makes the drill inconclusive and says so.
#include <fstream>
#include <sstream>

#include <poll.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/helper_processes.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

constexpr Duration period = 100ms;
constexpr std::uint64_t ticks_that_count = 2;  // one may be left over from the fork

std::size_t usable_cores() {
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return static_cast<std::size_t>(CPU_COUNT(&cores));
}

Duration now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

// System calls only: it runs in a child of a program with threads.
void be_busy(Duration of_every_period) {
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(period - of_every_period);
  while (true) {
    const Duration until = now() + of_every_period;
    while (now() < until) {
    }
    if (rest.count() > 0) ::poll(nullptr, 0, static_cast<int>(rest.count()));
  }
}

// Clock ticks of processor time that the process has taken: fields 14 and 15 of /proc/PID/stat.
std::uint64_t taken_ticks(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  fields >> user >> system;
  return fields ? user + system : 0;
}

class CpuStress final : public Injector {
 public:
  CpuStress(std::size_t count, double share, const Surroundings& surroundings)
      : count_(count), share_(share), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    nlohmann::json receipt = HelperProcesses::receipt();
    receipt["count"] = count_;
    receipt["share"] = share_;
    return receipt;
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    const auto busy = std::chrono::round<Duration>(share_ * period);
    return stressors_.start(receipt, count_, [busy] { be_busy(busy); });
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    stressors_.stop();
    return HelperProcesses::end(receipt);
  }

  std::optional<Bite> confirm() override {
    const auto living = stressors_.living();
    std::uint64_t ticks = 0;
    for (const pid_t stressor : living) ticks += taken_ticks(stressor);
    if (ticks < ticks_that_count) return std::nullopt;
    const auto per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
    return Bite{surroundings_.now(),
                fmt::format("{} busy {} took {:.2f} s of processor time so far", living.size(),
                            living.size() == 1 ? "process" : "processes",
                            static_cast<double>(ticks) / per_second)};
  }

 private:
  std::size_t count_;
  double share_;
  const Surroundings& surroundings_;
  HelperProcesses stressors_;
};

Result<std::unique_ptr<Injector>> make_cpu_stress(const FaultSpec& spec,
                                                  const Surroundings& surroundings) {
  const auto share = parse_percentage(spec.with.value("share", "100%"));
  if (!share) return std::unexpected(share.error());
  if (*share < 0.01) return failure("`share` is at least 1%: with less nothing is stressed");
  const std::size_t count =
      spec.with.contains("cores") ? spec.with.at("cores").get<std::size_t>() : usable_cores();
  return std::make_unique<CpuStress>(count, *share, surroundings);
}

const Registered<FaultKind> cpu_stress_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "cpu_stress",
            .summary = "Takes processor time away from everything on the machine.",
            .options = Shape::object(
                {{.name = "cores",
                  .shape = Shape::integer(1, 1024),
                  .doc = "How many busy processes, each good for one core; default one for every "
                         "core that the drill may use."},
                 {.name = "share",
                  .shape = Shape::percentage(),
                  .doc = "Which part of the time each of them is busy, 1% or more; default "
                         "100%."}}),
            .example = {{"inject", "cpu_stress"},
                        {"with", {{"cores", 2}, {"share", "80%"}}},
                        {"at", "2s"},
                        {"for", "5s"}},
        },
        Nature::condition, Target::none},
    make_cpu_stress}};

}  // namespace
}  // namespace reprise
