// The first process of a service as the kernel shows it. A service that is not running is an
// answer too (`running: false`): the kernel has been asked and has replied.
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/probe.h"

namespace reprise {
namespace {

std::string_view state_name(char letter) {
  switch (letter) {
    case 'R': return "running";
    case 'S': return "sleeping";
    case 'D': return "waiting";  // for a device; cannot be killed
    case 'T': return "stopped";  // by a signal
    case 't': return "traced";   // stopped by a tracer
    case 'I': return "idle";
    default: return "dead";  // Z, X: has ended, nobody has asked for its exit code
  }
}

// The fields of /proc/PID/stat after the name in parentheses, which may hold spaces itself:
// field 3 (the state) is first.
std::vector<std::string> stat_fields(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');
  if (name_end == line.npos) return {};
  std::istringstream rest(line.substr(name_end + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

Observation look_at(const ProcessId& process) {
  constexpr std::size_t state = 0, threads = 17, start = 19, pages = 21;
  Observation seen;
  seen.values["running"] = false;
  const auto fields = stat_fields(process.pid);
  if (fields.size() <= pages) return seen;
  // The same number, but another process.
  if (process.start_ticks != 0 && fields[start] != std::to_string(process.start_ticks)) return seen;
  const auto name = state_name(fields[state][0]);
  if (name == "dead") return seen;
  seen.values = {{"running", true},
                 {"pid", process.pid},
                 {"state", name},
                 {"threads", std::stoll(fields[threads])},
                 {"rss", std::stoll(fields[pages]) * ::sysconf(_SC_PAGESIZE)}};
  return seen;
}

class ProcessProbe final : public Probe {
 public:
  ProcessProbe(const ProbeSpec& spec, const ProbeContext& context)
      : service_(spec.options.at("service").get<std::string>()), context_(context) {}

  boost::asio::awaitable<Observation> sample(Instant) override {
    const auto process = context_.surroundings.process(service_);
    Observation seen;
    seen.values["running"] = false;
    if (process) seen = look_at(*process);
    co_return seen;
  }

 private:
  std::string service_;
  ProbeContext context_;
};

const Registered<ProbeKind> process_registered{ProbeKind{
    {{.name = "process",
      .summary = "The first process of a service; sees running, pid, state (running, sleeping, "
                 "waiting, stopped, traced, idle), threads, rss (bytes)",
      .options = Shape::object({{"service", Shape::name(), required, "A service of the plan."}}),
      .example = {{"service", "server"}},
      .asks_nothing = true},
     std::chrono::milliseconds(1),
     {seen::outcome({"answered", "error"}), seen::always(seen::boolean("running")),
      seen::beside("running", true, seen::integer("pid", 1)),
      seen::beside(
          "running", true,
          seen::word("state", {"running", "sleeping", "waiting", "stopped", "traced", "idle"})),
      seen::beside("running", true, seen::integer("threads")),
      seen::beside("running", true, seen::integer("rss"))}},
    [](const ProbeSpec& spec, const ProbeContext& context) -> Result<std::unique_ptr<Probe>> {
      return std::make_unique<ProcessProbe>(spec, context);
    }}};

}  // namespace
}  // namespace reprise
