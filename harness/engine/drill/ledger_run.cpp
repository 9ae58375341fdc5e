#include "harness/engine/drill/ledger_run.h"

#include <algorithm>
#include <charconv>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "harness/model/registry.h"

namespace reprise {
namespace {

constexpr int most_readings = 6;
constexpr Duration between_readings = std::chrono::milliseconds(200);

// What the readers of two drills of one seed must not take for theirs, when both wrote to the same
// place: the seed alone would name them alike.
std::string run_name(std::uint64_t seed, Instant origin) {
  const auto mixed =
      seed ^ (static_cast<std::uint64_t>(origin.time_since_epoch().count()) * 0x9e3779b97f4a7c15U);
  return fmt::format("{:08x}", mixed >> 32U);
}

}  // namespace

Result<std::unique_ptr<LedgerRun>> LedgerRun::open(const LedgerSpec& spec, LedgerParts parts,
                                                   const std::filesystem::path& path) {
  auto file = LedgerFile::create(path);
  if (!file) return std::unexpected(file.error());
  std::unique_ptr<LedgerRun> run(new LedgerRun(spec, parts, std::move(*file), path));
  if (!spec.acknowledged.is_null()) {
    auto predicate = Expectation::parse(spec.acknowledged);
    if (!predicate) return std::unexpected(predicate.error());
    run->acknowledged_ = std::move(*predicate);
  }
  if (auto made = run->make_clients(); !made) return std::unexpected(made.error());
  return run;
}

LedgerRun::LedgerRun(LedgerSpec spec, LedgerParts parts, LedgerFile file,
                     std::filesystem::path path)
    : spec_(std::move(spec)),
      parts_(std::move(parts)),
      file_(std::move(file)),
      path_(std::move(path)),
      prefix_(fmt::format("{}-{}-", spec_.name, run_name(parts_.seed, parts_.origin))),
      random_(parts_.seed),
      changed_(parts_.executor) {}

Result<void> LedgerRun::make_clients() {
  const ProbeKind* kind = Registry<ProbeKind>::find(spec_.write.kind);
  REPRISE_REQUIRE(kind);
  for (int i = 0; i < spec_.clients; ++i) {
    auto& client = clients_.emplace_back(std::make_unique<Client>(parts_.surroundings));
    auto probe = kind->make(spec_.write, {parts_.executor, client->surroundings, parts_.pool});
    if (!probe) return std::unexpected(probe.error());
    client->probe = std::move(*probe);
  }
  return {};
}

void LedgerRun::start() {
  Instant first = parts_.clock.now();
  for (auto& client : clients_) {
    ++running_;
    auto writing = write_on(*client, first);
    boost::asio::co_spawn(parts_.executor, std::move(writing), boost::asio::detached);
    first += spec_.write.every;
  }
}

boost::asio::awaitable<void> LedgerRun::stop() {
  stopping_ = true;
  changed_.notify();
  while (running_ > 0) co_await changed_.wait();
}

boost::asio::awaitable<void> LedgerRun::write_on(Client& client, Instant next) {
  const Duration round = spec_.write.every * spec_.clients;
  while (!stopping_) {
    co_await changed_.wait_until(parts_.clock, next);
    if (stopping_ || parts_.clock.now() < next) continue;
    co_await write_entry(client);
    // What a client that was busy could not send in time is not sent later, in a flood.
    next += round;
    const Instant now = parts_.clock.now();
    if (next < now) next += ((now - next) / round + 1) * round;
  }
  --running_;
  changed_.notify();
}

boost::asio::awaitable<void> LedgerRun::write_entry(Client& client) {
  const std::string payload = std::to_string(100'000'000 + random_() % 900'000'000);
  const Instant sent = parts_.clock.now();
  const auto entry = file_.intend(sent - parts_.origin, payload_mark(payload));
  client.surroundings.set("entry.key", fmt::format("{}{:06}", prefix_, entry));
  client.surroundings.set("entry.payload", payload);
  const Observation seen = co_await take_sample(*client.probe, sent + spec_.write.timeout);
  file_.answered(entry, outcome_of(seen), since_start());
}

// Surely refused: a connection that never opened, or HTTP 4xx. Whatever else is no acknowledgement
// leaves it unknown.
WriteOutcome LedgerRun::outcome_of(const Observation& seen) const {
  if (seen.outcome == "refused") return WriteOutcome::refused;
  if (seen.outcome != "answered") return WriteOutcome::unknown;
  if (acknowledged_ ? acknowledged_->holds(seen) : says_yes(seen)) {
    return WriteOutcome::acknowledged;
  }
  return seen.values.value("status", 0) / 100 == 4 ? WriteOutcome::refused : WriteOutcome::unknown;
}

boost::asio::awaitable<void> LedgerRun::read_back() {
  const Instant deadline = parts_.clock.now() + spec_.read_within;
  nlohmann::json fields{{"ledger", spec_.name}, {"file", path_.filename().string()}};
  std::vector<FoundEntry> before;
  int readings = 0;
  bool settled = false;
  std::string why;
  while (!settled && readings < most_readings && parts_.clock.now() < deadline) {
    file_.begin_reading(since_start());
    auto found = co_await read(deadline);
    if (found) {
      // What does not carry our prefix belongs to others.
      std::erase_if(*found,
                    [this](const FoundEntry& one) { return !one.key.starts_with(prefix_); });
      note(*found);
      file_.end_reading(since_start());
      // In one order, so that two readings of the same are equal.
      std::ranges::sort(*found);
      settled = readings > 0 && *found == before;
      before = std::move(*found);
      ++readings;
    } else {
      why = found.error().text();
    }
    if (!settled) co_await parts_.clock.sleep_for(between_readings);
  }
  fields["entries"] = file_.entries();
  fields["readings"] = readings;
  fields["sha256"] = file_.finish();
  if (readings < 2) fields["why"] = why.empty() ? "no reading was whole in time" : why;
  if (!file_.trouble().empty()) fields["why"] = file_.trouble();
  parts_.journal.write("ledger", std::move(fields));
}

boost::asio::awaitable<Result<std::vector<FoundEntry>>> LedgerRun::read(Instant deadline) {
  const ReaderKind* kind = Registry<ReaderKind>::find(spec_.read);
  REPRISE_REQUIRE(kind);
  EntrySurroundings surroundings(parts_.surroundings);
  surroundings.set("entry.prefix", prefix_);
  auto reader = kind->make(spec_.read_options, {parts_.executor, surroundings, parts_.pool});
  if (!reader) co_return std::unexpected(reader.error());
  co_return co_await (*reader)->read(deadline);
}

void LedgerRun::note(const std::vector<FoundEntry>& found) {
  for (const FoundEntry& one : found) {
    std::uint64_t entry = 0;
    const char* const end = one.key.data() + one.key.size();
    const auto [rest, error] = std::from_chars(one.key.data() + prefix_.size(), end, entry);
    if (error == std::errc{} && rest == end && entry < file_.entries()) {
      file_.found(entry, payload_mark(one.payload));
    } else {
      file_.found_stray();
    }
  }
}

}  // namespace reprise
