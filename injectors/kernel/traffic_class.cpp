#include "injectors/kernel/traffic_class.h"

#include <atomic>

#include "injectors/processes/run_command.h"

namespace reprise {
namespace {

constexpr const char* scheduler = "5250:";  // "RP"
const std::vector<std::string> unlimited{"rate", "10gbit"};

Result<void> tc(std::vector<std::string> words) {
  words.insert(words.begin(), "tc");
  const auto outcome = run_command(words, "/", {}, 5s);
  if (!outcome) return std::unexpected(outcome.error());
  if (outcome->succeeded()) return {};
  return failure("'{}' {}", fmt::join(words, " "), outcome->text(5s));
}

// Traffic that no rule leads into a class passes the scheduler untouched.
Result<void> open_scheduler() {
  // It is there already when another class was made before.
  const auto root = run_command({"tc", "qdisc", "show", "dev", "lo", "root"}, "/", {}, 5s);
  if (root && root->output.starts_with(fmt::format("qdisc htb {} ", scheduler))) return {};
  return tc({"qdisc", "add", "dev", "lo", "root", "handle", scheduler, "htb"});
}

}  // namespace

Result<std::uint64_t> TrafficClass::slowed() {
  const auto packets = table_->packets();
  if (queues_ || !packets || *packets == 0) return packets;
  constexpr std::string_view field = "overlimits ";
  const auto shown =
      run_command({"tc", "-s", "class", "show", "dev", "lo", "classid", name_}, "/", {}, 5s);
  if (!shown) return std::unexpected(shown.error());
  const auto at = shown->output.find(field);
  if (at == std::string::npos) return failure("tc tells nothing of class {}", name_);
  return std::strtoull(shown->output.c_str() + at + field.size(), nullptr, 10);
}

bool TrafficClass::exists(const std::string& name) {
  const auto listed =
      run_command({"tc", "class", "show", "dev", "lo", "classid", name}, "/", {}, 5s);
  return listed && listed->output.find("class htb") != std::string::npos;
}

TrafficClass::~TrafficClass() {
  table_.reset();
  (void)tc({"class", "del", "dev", "lo", "classid", name_});
}

Result<std::unique_ptr<TrafficClass>> TrafficClass::create(const Shaping& shaping,
                                                           std::uint16_t port,
                                                           const std::string& end) {
  static std::atomic<unsigned> number{0};
  if (const auto opened = open_scheduler(); !opened) return std::unexpected(opened.error());
  std::unique_ptr<TrafficClass> made(
      new TrafficClass(fmt::format("{}{:x}", scheduler, ++number), !shaping.queue.empty()));
  const auto& limit = shaping.limit.empty() ? unlimited : shaping.limit;
  std::vector<std::string> words{"class",   "add",       "dev", "lo",      "parent", scheduler,
                                 "classid", made->name_, "htb", "quantum", "60000"};
  words.insert(words.end(), limit.begin(), limit.end());
  if (const auto done = tc(std::move(words)); !done) return std::unexpected(done.error());
  if (!shaping.queue.empty()) {
    words = {"qdisc", "add", "dev", "lo", "parent", made->name_};
    words.insert(words.end(), shaping.queue.begin(), shaping.queue.end());
    if (const auto done = tc(std::move(words)); !done) return std::unexpected(done.error());
  }
  auto table =
      OwnedTable::create(fmt::format("chain slow {{\ntype filter hook output priority 0;\n"
                                     "oifname lo tcp {} {} counter meta priority set {}\n}}",
                                     end, port, made->name_));
  if (!table) return std::unexpected(table.error());
  made->table_ = std::move(*table);
  return made;
}

}  // namespace reprise
