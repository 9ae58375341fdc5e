#include "harness/cli/jobs.h"

#include <unistd.h>

#include "harness/engine/site/system_hash.h"
#include "harness/engine/undo/undo_log.h"
#include "harness/judge/judge.h"
#include "harness/judge/steady.h"
#include "harness/model/registry.h"
#include "harness/model/time.h"

namespace reprise {
namespace {

constexpr Duration least_deadline = std::chrono::milliseconds(500);

// FNV-1a: another seed for every scenario and repeat, the same on every machine.
std::uint64_t mix(std::uint64_t seed, const std::string& text) {
  std::uint64_t hash = 14695981039346656037ULL ^ seed;
  for (const unsigned char byte : text) hash = (hash ^ byte) * 1099511628211ULL;
  return hash;
}

std::vector<Awaited> awaited_by(const Scenario& scenario, const Plan& plan) {
  std::vector<Awaited> awaited;
  for (const AssertionSpec& assertion : scenario.assertions) {
    const AssertionKind* kind = Registry<AssertionKind>::find(assertion.kind);
    if (!kind || !kind->awaits) continue;
    if (auto what = kind->awaits(assertion, scenario, plan)) awaited.push_back(std::move(*what));
  }
  return awaited;
}

std::filesystem::path journal_path(const JobOptions& options, const Plan& plan,
                                   const Scenario& scenario, int repeat) {
  std::string name = scenario.name;
  if (scenario.repeat > 1) name += fmt::format("-{}", repeat + 1);
  return options.out / "journals" / plan.name / (name + ".jsonl");
}

std::filesystem::path attempt_path(const std::filesystem::path& first, std::size_t again) {
  return first.parent_path() / fmt::format("{}.again-{}.jsonl", first.stem().string(), again);
}

// A mark and a working folder that no other drill has.
void set_apart(Job& job) {
  const auto token = mix(random_seed(), job.journal.string());
  job.mark = fmt::format("{}-{:016x}", ::getpid(), token);
  job.folder = std::filesystem::temp_directory_path() / ("reprise-" + job.mark);
}

Job make_job(const LoadedPlan& loaded, const Scenario& scenario, int repeat,
             const JobOptions& options) {
  Job job;
  job.plan = &loaded.plan;
  job.scenario = &scenario;
  job.file_hashes = loaded.hashes;
  job.awaited = awaited_by(scenario, loaded.plan);
  job.at_the_end = steady_at_the_end(scenario, loaded.plan);
  job.journal = std::filesystem::absolute(journal_path(options, loaded.plan, scenario, repeat));
  job.repeat = repeat;
  job.seed = mix(options.seed, fmt::format("{}/{}#{}", loaded.plan.name, scenario.name, repeat));
  set_apart(job);
  job.operator_name = options.operator_name;
  job.command = options.command;
  job.attended = options.attended;
  job.rehearsal = options.rehearsal;
  return job;
}

// The journals that attempts at it may write, and what their guardians append to.
std::vector<std::filesystem::path> files_of(const Job& job) {
  std::vector<std::filesystem::path> files{job.journal};
  for (int again = 1; again < most_attempts; ++again) {
    files.push_back(attempt_path(job.journal, again));
  }
  for (std::size_t i = 0; i < most_attempts; ++i) {
    files.push_back(std::filesystem::path(files[i]).replace_extension(".guardian.jsonl"));
  }
  return files;
}

// Every folder first: when one cannot be made, nothing has been removed yet. A journal that stayed
// would be judged as if it were the new one.
Result<void> make_room(const std::vector<Job>& jobs) {
  std::error_code error;
  for (const Job& job : jobs) {
    const auto folder = job.journal.parent_path();
    std::filesystem::create_directories(folder, error);
    if (error) return failure("the folder {} cannot be made: {}", folder.string(), error.message());
  }
  for (const Job& job : jobs) {
    for (const auto& earlier : files_of(job)) {
      std::filesystem::remove(earlier, error);
      if (!error) continue;
      return failure("the earlier journal {} cannot be removed: {}", earlier.string(),
                     error.message());
    }
  }
  return {};
}

// As the record names it, beside the plan's other files.
std::string name_of_system(const Plan& plan) {
  return plan.system.lexically_relative(plan.folder).string() + "/";
}

// Why a plan is drilled on the host; empty when it is not.
std::string why_on_host(const Plan& plan, SandboxWish wish, const Result<void>& possible) {
  if (wish == SandboxWish::off) return "not wanted";
  if (!possible) return possible.error().text();
  for (const auto& [name, service] : plan.services) {
    if (service.external) return fmt::format("service {} is outside of it", name);
  }
  return {};
}

}  // namespace

Result<OutFolder> claim_out(const std::vector<LoadedPlan>& plans,
                            const std::filesystem::path& out) {
  for (const LoadedPlan& loaded : plans) {
    const auto system = system_folder(loaded.plan);
    if (!system.empty() && changes_system(out, system)) {
      return std::unexpected(
          Error{fmt::format("--out {} lies in the system of plan {}, {}, and holds other things, "
                            "too: what is written there would change the system",
                            out.string(), loaded.plan.name, system.string()),
                "name an empty folder, or one outside of the system, with --out",
                {}});
    }
    // Its summary.json would be read as a scenario, or overwrite one.
    std::error_code error;
    if (std::filesystem::equivalent(out, loaded.plan.folder, error)) {
      return std::unexpected(
          Error{fmt::format("--out {} is the folder of plan {}", out.string(), loaded.plan.name),
                "name a folder of its own with --out",
                {}});
    }
  }
  return OutFolder::claim(out);
}

const std::map<std::string, SandboxWish>& sandbox_wishes() {
  static const std::map<std::string, SandboxWish> wishes{{"auto", SandboxWish::automatic},
                                                         {"required", SandboxWish::demanded},
                                                         {"off", SandboxWish::off}};
  return wishes;
}

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

Result<std::vector<Job>> make_jobs(std::vector<LoadedPlan>& plans, const JobOptions& options,
                                   const Redaction& redaction) {
  std::vector<Job> jobs;
  const auto deadline = parse_duration(options.deadline);
  if (!deadline) return failure("--deadline: {}", deadline.error().text());
  if (*deadline < least_deadline) {
    return failure("--deadline {}: a busy machine alone may take {}", options.deadline,
                   format_duration(least_deadline));
  }
  const auto possible = options.sandbox == SandboxWish::off ? Result<void>() : try_sandbox();
  for (LoadedPlan& loaded : plans) {
    const std::string on_host = why_on_host(loaded.plan, options.sandbox, possible);
    if (!on_host.empty() && options.sandbox == SandboxWish::demanded) {
      return failure("plan {} cannot be drilled in a sandbox: {}", loaded.plan.name, on_host);
    }
    const auto system = system_hash(loaded.plan);
    if (!system) return std::unexpected(system.error());
    for (Scenario& scenario : loaded.scenarios) {
      if (options.repeat) {
        // The journal must tell as well that there are several: their reports tell them apart.
        scenario.resolved["repeat"] = scenario.repeat = *options.repeat;
      }
      for (int repeat = 0; repeat < scenario.repeat; ++repeat) {
        Job& job = jobs.emplace_back(make_job(loaded, scenario, repeat, options));
        job.deadline = *deadline;
        job.system_hash = *system;
        if (!system->empty()) job.file_hashes[name_of_system(loaded.plan)] = *system;
        job.redaction = &redaction;
        job.sandboxed = on_host.empty();
        job.sandbox =
            job.sandboxed ? "user, network, mount, pid and IPC namespaces" : "none: " + on_host;
      }
    }
  }
  if (auto made = make_room(jobs); !made) return std::unexpected(made.error());
  return jobs;
}

Job next_attempt(const Job& job, const Drill& inconclusive) {
  Job next = job;
  next.earlier.push_back({inconclusive.journal, inconclusive.record.head});
  const auto first = job.earlier.empty()
                         ? job.journal.filename()
                         : std::filesystem::path(job.earlier.front().journal).filename();
  next.journal = attempt_path(job.journal.parent_path() / first, next.earlier.size());
  set_apart(next);
  return next;
}

bool nothing_left_behind() {
  const auto logs = find_undo_logs().residue;
  if (logs.empty()) return true;
  fmt::print(stderr, "reprise: {} earlier drill(s) died and left something behind:\n", logs.size());
  for (const auto& log : logs) fmt::print(stderr, "  {}\n", log.string());
  fmt::print(stderr, "Nothing was started. Run `reprise undo` first.\n");
  return false;
}

}  // namespace reprise
