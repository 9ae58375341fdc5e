// A condition: a process holds memory, every page of it touched, that the system is left without.
//
// It is refused where it would take what the machine needs to go on at all, and should the kernel
// run out of memory nevertheless, this process is the first that it ends.
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/helper_processes.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

constexpr std::uint64_t reserved_part = 10;  // one tenth of the machine's memory is never taken

// "MemAvailable:  22750496 kB" in /proc/meminfo, and its like elsewhere; in bytes.
std::optional<std::uint64_t> read_bytes(const std::string& path, std::string_view field) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(field)) continue;
    std::istringstream rest(line.substr(field.size()));
    std::uint64_t kilobytes = 0;
    if (rest >> kilobytes) return kilobytes * 1024;
  }
  return std::nullopt;
}

// System calls only: it runs in a child of a program with threads.
void hold_memory(std::uint64_t size, std::uint64_t page) {
  const int score = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  (void)!::write(score, "1000", 4);
  ::close(score);
  // Shared, so that the kernel counts it apart from what the child has from its parent.
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  auto* bytes = static_cast<volatile char*>(memory);
  for (std::uint64_t offset = 0; offset < size; offset += page) bytes[offset] = 1;
  while (true) ::pause();
}

class MemoryPressure final : public Injector {
 public:
  MemoryPressure(std::uint64_t size, const Surroundings& surroundings)
      : size_(size), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    const auto total = read_bytes("/proc/meminfo", "MemTotal:");
    const auto available = read_bytes("/proc/meminfo", "MemAvailable:");
    if (!total || !available) return failure("the machine does not tell how much memory it has");
    const std::uint64_t reserve = *total / reserved_part;
    const std::uint64_t most = *available - std::min(*available, reserve);
    if (size_ > most) {
      return std::unexpected(
          Error{fmt::format("{} bytes of memory cannot be taken: {} are available, of which {} are "
                            "kept for the machine",
                            size_, *available, reserve),
                fmt::format("ask for at most {}MiB", most >> 20),
                {}});
    }
    nlohmann::json receipt = HelperProcesses::receipt();
    receipt["size"] = size_;
    return receipt;
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return holder_.start(receipt, 1, [size = size_, page] { hold_memory(size, page); });
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    holder_.stop();
    return HelperProcesses::end(receipt);
  }

  std::optional<Bite> confirm() override {
    for (const pid_t holder : holder_.living()) {
      // Not VmRSS: it counts what the child shares with its parent, and is only nearly exact.
      const auto held = read_bytes(fmt::format("/proc/{}/smaps_rollup", holder), "Pss_Shmem:");
      if (!held || *held < size_) continue;
      return Bite{surroundings_.now(),
                  fmt::format("process {} holds {} bytes of memory", holder, *held)};
    }
    return std::nullopt;
  }

 private:
  std::uint64_t size_;
  const Surroundings& surroundings_;
  HelperProcesses holder_;
};

Result<std::unique_ptr<Injector>> make_memory_pressure(const FaultSpec& spec,
                                                       const Surroundings& surroundings) {
  const auto size = parse_size(spec.with.at("size").get<std::string>());
  if (!size) return std::unexpected(size.error());
  if (*size == 0) return failure("`size: 0B` would take nothing");
  return std::make_unique<MemoryPressure>(*size, surroundings);
}

const Registered<FaultKind> memory_pressure_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "memory_pressure",
            .summary = "Holds memory of the machine, so that the system has less of it.",
            .options = Shape::object(
                {{.name = "size",
                  .shape = Shape::size(),
                  .need = required,
                  .doc = "How much. Refused when it is more than what is available, less a tenth "
                         "of the machine's memory."}}),
            .example = {{"inject", "memory_pressure"},
                        {"with", {{"size", "256MiB"}}},
                        {"at", "2s"},
                        {"for", "5s"}},
        },
        Nature::condition, Target::none},
    make_memory_pressure}};

}  // namespace
}  // namespace reprise
