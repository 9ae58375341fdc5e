#include "harness/engine/site/site.h"

#include <unistd.h>

#include <charconv>
#include <cstdlib>

#include "harness/engine/services/process_tree.h"
#include "harness/engine/site/disk.h"
#include "harness/engine/site/link.h"
#include "harness/engine/site/system_copy.h"
#include "harness/engine/site/system_hash.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

// What a program needs to run at all; everything else would make drills depend on who starts them.
constexpr const char* inherited[] = {"PATH", "HOME",   "USER",     "LOGNAME", "LANG",
                                     "TZ",   "LC_ALL", "LC_CTYPE", "TMPDIR",  "SHELL"};

Result<std::string> port_of(std::string_view address) {
  const auto colon = address.rfind(':');
  const auto text = colon == address.npos ? std::string_view() : address.substr(colon + 1);
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  if (text.empty() || read.ec != std::errc() || read.ptr != end) {
    return failure("the address {} has no port", address);
  }
  return std::string(text);
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return failure("cannot make {}: {}", folder.string(), error.message());
  return {};
}

}  // namespace

Site::Site(const Plan& plan, std::filesystem::path folder, std::string drill_id, const Clock& clock)
    : plan_(plan),
      system_(std::filesystem::absolute(folder) / "system"),
      drill_id_(std::move(drill_id)),
      clock_(clock) {}

Result<std::unique_ptr<Site>> Site::prepare(const Plan& plan, std::filesystem::path folder,
                                            std::string drill_id, const Clock& clock,
                                            bool sandboxed, const std::vector<FaultSpec>& faults,
                                            std::uint64_t seed) {
  std::unique_ptr<Site> site(new Site(plan, std::move(folder), std::move(drill_id), clock));
  site->sandboxed_ = sandboxed;
  site->seed_ = seed;
  auto done = make_folder(site->system_.parent_path());
  if (done) {
    if (plan.system.empty()) {
      done = make_folder(site->system_);
    } else {
      done = copy_system(system_folder(plan), site->system_);
    }
  }
  if (done) done = site->mount_disks();
  if (done) done = site->mount_own_shared_memory();
  // Before the links, which have threads.
  if (done) done = site->install_instrument(faults);
  if (done) done = site->lease_ports();
  if (done) done = site->open_links();
  if (!done) return std::unexpected(done.error());
  return site;
}

Result<void> Site::lease_ports() {
  for (const auto& [name, service] : plan_.services) {
    if (service.external) continue;
    auto lease = PortLease::take(fmt::format("{}/{}/{}", ::getpid(), drill_id_, name));
    if (!lease) return std::unexpected(lease.error());
    ports_.emplace(name, std::move(*lease));
  }
  return {};
}

// Elsewhere the folder stays an ordinary one: the system runs, and `disk` refuses faults.
Result<void> Site::mount_disks() {
  if (!sandboxed_) return {};
  for (const auto& [name, disk] : plan_.disks) {
    if (auto mounted = mount_disk(system_ / disk.path, disk.size); !mounted) {
      return failure("disk {}: {}", name, mounted.error().text());
    }
  }
  return {};
}

Result<void> Site::open_links() {
  if (plan_.links.empty()) return {};
  const LinkMaker* maker = Registry<LinkMaker>::find("proxy");
  if (!maker) return failure("this program was built without the proxy that links need");
  for (const auto& [name, link] : plan_.links) {
    const bool to_service = plan_.services.contains(link.to);
    auto upstream = to_service ? service_address(link.to) : resolve(link.to);
    if (!upstream) return std::unexpected(upstream.error());
    auto server = maker->make(link, *upstream);
    if (!server) {
      return failure("link {} cannot be opened: {}", name, server.error().text());
    }
    links_.emplace(name, std::move(*server));
  }
  return {};
}

Result<std::string> Site::service_address(std::string_view service) const {
  const auto found = plan_.services.find(std::string(service));
  if (found == plan_.services.end()) return failure("there is no service called {}", service);
  if (found->second.external) return found->second.address;
  const auto number = port(service);
  if (!number) return std::unexpected(number.error());
  return fmt::format("127.0.0.1:{}", *number);
}

Result<std::uint16_t> Site::port(std::string_view service) const {
  const auto lease = ports_.find(service);
  if (lease == ports_.end()) return failure("service {} has no port of this drill", service);
  return lease->second.port();
}

Result<std::string> Site::reference(std::string_view service, std::string_view name) const {
  if (name == "folder") return system_.string();
  if (name == "seed") return std::to_string(seed_);
  if (name == "port" && !service.empty()) {
    const auto number = port(service);
    if (!number) return std::unexpected(number.error());
    return std::to_string(*number);
  }
  // services.NAME.WHAT, links.NAME.WHAT; a name may hold dots.
  const auto first = name.find('.');
  const auto last = name.rfind('.');
  if (first != name.npos && first < last) {
    const auto group = name.substr(0, first);
    const auto owner = name.substr(first + 1, last - first - 1);
    const auto what = name.substr(last + 1);
    if (what == "address" || what == "port") {
      Result<std::string> address = failure("there is no link called {}", owner);
      if (group == "services") {
        address = service_address(owner);
      } else if (const LinkServer* server = group == "links" ? link(owner) : nullptr) {
        address = server->endpoint().text();
      }
      if (!address || what == "address") return address;
      return port_of(*address);
    }
  }
  return failure("${{{}}} names nothing of this drill", name);
}

Result<std::string> Site::resolve(std::string_view text) const { return resolve_for("", text); }

Result<std::string> Site::resolve_for(std::string_view service, std::string_view text) const {
  std::string filled;
  while (true) {
    const auto begin = text.find("${");
    filled += text.substr(0, begin);
    if (begin == text.npos) return filled;
    const auto end = text.find('}', begin);
    if (end == text.npos) return failure("a reference is not closed in {}", text.substr(begin));
    auto value = reference(service, text.substr(begin + 2, end - begin - 2));
    if (!value) return value;
    filled += *value;
    text.remove_prefix(end + 1);
  }
}

LinkServer* Site::link(std::string_view name) const {
  const auto found = links_.find(name);
  return found == links_.end() ? nullptr : found->second.get();
}

Result<ProcessId> Site::process(std::string_view service) const {
  const std::scoped_lock lock(mutex_);
  const auto found = processes_.find(service);
  if (found == processes_.end()) return failure("service {} is not running", service);
  return found->second;
}

std::vector<ProcessId> Site::process_tree(std::string_view service) const {
  const auto first = process(service);
  if (!first) return {};
  return members({*first, service_mark(drill_id_, service)});
}

Result<std::string> Site::database(std::string_view name) const {
  const auto found = plan_.databases.find(std::string(name));
  if (found == plan_.databases.end()) return failure("the plan has no database {}", name);
  return resolve(found->second);
}

Result<std::filesystem::path> Site::file(std::string_view name) const {
  const auto found = plan_.files.find(std::string(name));
  if (found == plan_.files.end()) return failure("the plan has no file {}", name);
  const auto path = std::filesystem::path(found->second).lexically_normal();
  if (path.is_absolute() || path.empty() || *path.begin() == "..") {
    return failure("file {} lies outside the system's folder: {}", name, found->second);
  }
  return system_ / path;
}

Result<std::filesystem::path> Site::disk(std::string_view name) const {
  const auto found = plan_.disks.find(std::string(name));
  if (found == plan_.disks.end()) return failure("the plan has no disk {}", name);
  if (!sandboxed_) {
    return failure("disk {} is shared with others: only in a sandbox has a drill its own", name);
  }
  return system_ / found->second.path;
}

std::vector<Printed> Site::log(std::string_view service, std::size_t from) const {
  const std::scoped_lock lock(mutex_);
  const auto found = logs_.find(service);
  if (found == logs_.end() || from >= found->second.size()) return {};
  return {found->second.begin() + static_cast<std::ptrdiff_t>(from), found->second.end()};
}

std::vector<std::string> Site::environment() const {
  std::vector<std::string> assignments;
  for (const char* name : inherited) {
    if (const char* value = std::getenv(name)) {
      assignments.push_back(fmt::format("{}={}", name, value));
    }
  }
  assignments.push_back(drill_mark(drill_id_));
  return assignments;
}

void Site::set_process(std::string_view service, std::optional<ProcessId> process) {
  const std::scoped_lock lock(mutex_);
  if (process) {
    processes_.insert_or_assign(std::string(service), *process);
  } else if (const auto found = processes_.find(service); found != processes_.end()) {
    processes_.erase(found);
  }
}

void Site::add_log(std::string_view service, Printed printed) {
  const std::scoped_lock lock(mutex_);
  logs_[std::string(service)].push_back(std::move(printed));
}

}  // namespace reprise
