// A folder of backups: how many are sound, how old the newest is that can be restored. What "can be
// restored" means only the plan's own check can tell; without one a file must be there, not be
// empty, and match its checksum where it has one.
#include <map>
#include <span>

#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/backup_files.h"
#include "harness/observe/child_output.h"
#include "harness/observe/keeper.h"
#include "harness/observe/probe.h"
#include "harness/observe/promised.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr std::size_t most_words = 4096;  // of what a check says

class BackupsProbe final : public Probe {
 public:
  BackupsProbe(const ProbeSpec& spec, const ProbeContext& context, std::optional<NameDate> dated,
               Keeper kept)
      : options_(spec.options),
        context_(context),
        dated_(std::move(dated)),
        kept_(std::move(kept)) {}

  asio::awaitable<Observation> sample(Instant deadline) override;

 private:
  using Listing = Result<BackupList>;
  struct Checked {
    std::string state, unsound;
    Instant when;
  };

  Result<BackupRules> rules() const;
  asio::awaitable<std::optional<Listing>> listed(Instant deadline);
  // Why the file cannot be restored, by the plan's own check; empty when it can.
  asio::awaitable<Result<std::string>> checked(const BackupFile& file, Instant deadline);
  // Fills in `unsound`.
  asio::awaitable<Result<void>> check(BackupFile& file, Instant deadline);
  // Of those that are new or have changed, and of the one whose check is the longest ago; the
  // others are what they were.
  asio::awaitable<Result<void>> check_older(std::span<BackupFile> files, Instant deadline);

  json options_;
  ProbeContext context_;
  std::optional<NameDate> dated_;
  Keeper kept_;
  std::shared_ptr<BackupContents> contents_ = std::make_shared<BackupContents>();
  // One at a time, also beyond its deadline: a hung or slow folder must not use up the pool, where
  // faults wait to be healed.
  std::shared_ptr<Promised<Listing>> running_;
  std::map<fs::path, Checked> checked_;
};

Result<BackupRules> BackupsProbe::rules() const {
  auto folder = context_.surroundings.resolve(options_.at("folder").get<std::string>());
  if (!folder) return std::unexpected(folder.error());
  return BackupRules{context_.surroundings.folder() / *folder, options_.value("files", "*"), dated_,
                     options_.contains("checksum")};
}

asio::awaitable<std::optional<BackupsProbe::Listing>> BackupsProbe::listed(Instant deadline) {
  const bool free = co_await cleared(context_.executor, running_, deadline);
  if (!free) co_return std::nullopt;
  auto wanted = rules();
  if (!wanted) co_return Listing(std::unexpected(wanted.error()));
  auto work = [rules = std::move(*wanted), contents = contents_] {
    return backup_files(rules, *contents, std::chrono::system_clock::now());
  };
  auto promised = promise(context_.executor, context_.pool, std::move(work));
  running_ = promised;
  auto listing = co_await promised->wait(deadline);
  if (listing && running_ == promised) running_.reset();
  co_return listing;
}

asio::awaitable<Result<std::string>> BackupsProbe::checked(const BackupFile& file,
                                                           Instant deadline) {
  auto run = child_options({{"run", options_.at("check")}}, context_.surroundings);
  if (!run) co_return std::unexpected(run.error());
  run->arguments.push_back(file.path.string());
  auto done = co_await run_child(context_.executor, std::move(*run), deadline, most_words);
  if (!done) co_return std::unexpected(done.error());
  if (!done->exit) co_return failure("timeout");
  if (done->exit->code == 0) co_return std::string();
  const std::string& said = done->out.empty() ? done->complaints : done->out;
  if (said.empty()) co_return fmt::format("its check ends with exit code {}", done->exit->code);
  co_return cut_text(said.substr(0, said.find('\n')));
}

asio::awaitable<Result<void>> BackupsProbe::check(BackupFile& file, Instant deadline) {
  if (!file.unsound.empty() || !options_.contains("check")) co_return Result<void>();
  auto problem = co_await checked(file, deadline);
  if (!problem) co_return std::unexpected(problem.error());
  file.unsound = std::move(*problem);
  checked_.insert_or_assign(file.path,
                            Checked{file.state, file.unsound, context_.surroundings.now()});
  co_return Result<void>();
}

asio::awaitable<Result<void>> BackupsProbe::check_older(std::span<BackupFile> files,
                                                        Instant deadline) {
  if (files.empty() || !options_.contains("check")) co_return Result<void>();
  const auto checked_at = [this](const BackupFile& file) {
    const auto known = checked_.find(file.path);
    return known == checked_.end() ? Instant::max() : known->second.when;
  };
  const auto stalest = std::ranges::min_element(files, {}, checked_at);
  // Another look at what is known may not use up the time of the answer.
  const Instant now = context_.surroundings.now();
  const Instant half = now + (deadline - now) / 2;
  for (auto file = files.begin(); file != files.end(); ++file) {
    const auto known = checked_.find(file->path);
    const bool same = known != checked_.end() && known->second.state == file->state;
    if (!same) {
      auto done = co_await check(*file, deadline);
      if (!done) co_return done;
    } else if (file->unsound.empty()) {
      std::string word = known->second.unsound;
      const bool again = file == stalest && context_.surroundings.now() < half;
      if (again) {
        auto done = co_await check(*file, half);
        if (done) continue;
      }
      file->unsound = std::move(word);
    }
  }
  co_return Result<void>();
}

asio::awaitable<Observation> BackupsProbe::sample(Instant deadline) {
  auto listing = co_await listed(deadline);
  if (!listing) co_return not_answered("timeout");
  if (!*listing) co_return not_answered("error", listing->error().text());
  std::vector<BackupFile>& files = (*listing)->each;
  Observation seen;
  auto restorable = files.begin();
  for (; restorable != files.end(); ++restorable) {
    auto done = co_await check(*restorable, deadline);
    if (context_.surroundings.now() >= deadline) co_return not_answered("timeout");
    if (!done) co_return not_answered("error", done.error().text());
    if (restorable->unsound.empty()) break;
    if (seen.values.contains("text")) continue;
    kept_.text("text", restorable->path.filename().string() + ": " + restorable->unsound, seen);
  }
  if (restorable != files.end()) {
    auto older = check_older(std::span(restorable + 1, files.end()), deadline);
    auto done = co_await std::move(older);
    if (context_.surroundings.now() >= deadline) co_return not_answered("timeout");
    if (!done) co_return not_answered("error", done.error().text());
  }
  std::erase_if(checked_, [&](const auto& known) {
    return std::ranges::find(files, known.first, &BackupFile::path) == files.end();
  });
  // Ages are those of the answer, however long the checks took.
  const auto age = [now = std::chrono::system_clock::now()](UtcInstant taken) {
    return std::max<std::int64_t>(0, Duration(now - taken).count());
  };
  if ((*listing)->counted) {
    seen.values["count"] = std::ranges::count(files, "", &BackupFile::unsound);
  } else {
    note_cut("count", seen);
  }
  std::optional<UtcInstant> oldest = (*listing)->oldest_hidden;
  if (!files.empty()) {
    const auto visible = std::ranges::min(files, {}, &BackupFile::oldest).oldest;
    oldest = std::min(oldest.value_or(visible), visible);
  }
  if (!(*listing)->all_dated) {
    note_cut("oldest", seen);
  } else if (oldest) {
    seen.values["oldest"] = age(*oldest);
  }
  if (restorable != files.end()) {
    seen.values["restorable"] = cut_text(restorable->path.filename().string());
    seen.values["age"] = age(restorable->taken);
  }
  co_return seen;
}

Result<std::unique_ptr<Probe>> make_backups(const ProbeSpec& spec, const ProbeContext& context) {
  std::optional<NameDate> dated;
  if (spec.options.contains("dated")) {
    auto form = NameDate::of(spec.options.at("dated").get<std::string>());
    if (!form) return std::unexpected(form.error());
    dated = std::move(*form);
  }
  auto kept = Keeper::of(spec);
  if (!kept) return std::unexpected(kept.error());
  return std::make_unique<BackupsProbe>(spec, context, std::move(dated), std::move(*kept));
}

const json some = {{">=", 1}};

const Registered<ProbeKind> backups_registered{ProbeKind{
    {{.name = "backups",
      .summary =
          "A folder of backups; sees count (those that are sound; names and copies of one count "
          "once), restorable (the newest that can be restored) and its age, oldest (nanoseconds), "
          "text (why a newer one is passed over)",
      .options = Shape::object({
          {"folder", Shape::text(), required, "Where, and below; relative to the system's folder."},
          {"files", Shape::text(), {}, "Names, as in base_*.tar.gz; default every file."},
          {"dated",
           Shape::text(),
           {},
           "The form of a name that tells when it was made, as date(1) writes it: in UTC, or with "
           "its offset (%z), or as seconds (%s); default the time of modification."},
          {"checksum",
           Shape::choice({"sha256"}),
           {},
           "FILE.sha256 lies beside each, and each must match."},
          {"check",
           Shape::list(Shape::text(), 1),
           {},
           "A program that ends with 0 when the backup given as its last argument can be restored: "
           "the newest at every look, older ones when their file has changed, else in turn."},
      }),
      .example = {{"folder", "backups"}, {"files", "*.sql.gz"}},
      .asks_nothing = true},
     std::chrono::milliseconds(100),
     {seen::outcome({"answered", "timeout", "error"}), seen::always(seen::integer("count")),
      seen::beside("count", some, seen::text("restorable")),
      seen::beside("count", some, seen::duration("age")), seen::integer("oldest"),
      seen::in_part(seen::text("text"))}},
    make_backups}};

}  // namespace
}  // namespace reprise
