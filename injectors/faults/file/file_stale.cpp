// A condition: the file reads as it did when the fault began, content and time of its last change,
// whatever the system writes over it; with `age` it looks older still. Healing shows the newest
// version that the system has written.
//
// Without a file system of its own a drill cannot stop a write from being seen; it looks every few
// milliseconds and puts the old version back, so a reader may see a new one for as long. A writer
// that keeps the file open writes to the hidden one from the start.
#include <ctime>
#include <mutex>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/moved_files/moved_file.h"
#include "injectors/processes/repeating.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

constexpr Duration look_again = 5ms;

Duration since_epoch(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

timespec as_timespec(Duration since_epoch) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  return {static_cast<time_t>(seconds.count()), static_cast<long>((since_epoch - seconds).count())};
}

bool unchanged(const struct stat& before, const struct stat& now) {
  return before.st_ino == now.st_ino && before.st_size == now.st_size &&
         since_epoch(before.st_mtim) == since_epoch(now.st_mtim);
}

class FileStale final : public Injector {
 public:
  FileStale(const FaultSpec& spec, const Surroundings& surroundings, std::optional<Duration> age)
      : name_(spec.into), age_(age), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    const auto file = MovedFile::find(surroundings_, name_);
    if (!file) return std::unexpected(file.error());
    if (file->size() > most_bytes_read) {
      return failure("{} has {} bytes; at most {} can be kept as they are", file->path(),
                     file->size(), most_bytes_read);
    }
    const auto here = file->here();
    if (!here) return failure("there is no file {}", file->path());
    nlohmann::json receipt = file->receipt();
    const Duration modified = since_epoch(here->st_mtim) - age_.value_or(Duration::zero());
    receipt["modified"] = modified.count();
    return receipt;
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    const auto modified = receipt_field<Duration::rep>(receipt, "modified");
    if (!modified) return std::unexpected(modified.error());
    auto file = MovedFile::recall(receipt);
    if (!file) return std::unexpected(file.error());
    if (!*file) return failure("the folder of {} is gone", name_);
    auto bytes = (*file)->read(most_bytes_read);
    if (!bytes) return std::unexpected(bytes.error());
    modified_ = as_timespec(Duration(*modified));
    const auto copy = (*file)->hide(*bytes, modified_);
    if (!copy) return std::unexpected(copy.error());
    acted_at_ = surroundings_.now();
    bytes_ = std::move(*bytes);
    copy_ = *copy;
    original_ = (*file)->kept().value_or(*copy);
    file_ = std::move(*file);
    hiding_.start([this] { return look(); });
    return {};
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    hiding_.stop();
    file_.reset();
    const auto modified = receipt_field<Duration::rep>(receipt, "modified");
    if (!modified) return std::unexpected(modified.error());
    auto file = MovedFile::recall(receipt);
    if (!file) return std::unexpected(file.error());
    if (!*file) return {};
    return (*file)->show_newest(as_timespec(Duration(*modified)));
  }

  std::optional<Bite> confirm() override {
    const std::scoped_lock lock(mutex_);
    if (!file_) return std::nullopt;
    const auto here = file_->here();
    if (!here || !unchanged(copy_, *here)) return std::nullopt;
    const UtcInstant modified(since_epoch(here->st_mtim));
    if (hidden_at_) {
      return Bite{*hidden_at_, fmt::format("{} was written and still reads as of {}", file_->path(),
                                           format_utc(modified))};
    }
    if (!age_ || std::chrono::system_clock::now() - modified < *age_) return std::nullopt;
    return Bite{acted_at_,
                fmt::format("{} is {} older than it was: it reads as of {}", file_->path(),
                            format_duration(*age_), format_utc(modified))};
  }

 private:
  Duration look() {
    const std::scoped_lock lock(mutex_);
    const auto here = file_->here();
    // A file that the system has deleted is no file, whatever it held.
    if (here && S_ISREG(here->st_mode) && !unchanged(copy_, *here)) {
      // What fails now, as on a full disk, is tried again soon; until then there is no evidence.
      if (const auto copy = file_->hide(bytes_, modified_)) copy_ = *copy;
    }
    const auto kept = file_->kept();
    if (!hidden_at_ && kept && !unchanged(original_, *kept)) hidden_at_ = surroundings_.now();
    return look_again;
  }

  std::string name_;
  std::optional<Duration> age_;
  const Surroundings& surroundings_;
  std::string bytes_;
  timespec modified_{};
  Instant acted_at_{};
  struct stat original_{};  // before the system wrote to it
  std::mutex mutex_;        // guards what follows while the thread runs
  std::optional<MovedFile> file_;
  struct stat copy_{};
  std::optional<Instant> hidden_at_;
  Repeating hiding_;
};

Result<std::unique_ptr<Injector>> make_file_stale(const FaultSpec& spec,
                                                  const Surroundings& surroundings) {
  std::optional<Duration> age;
  if (spec.with.contains("age")) {
    const auto read = parse_duration(spec.with.at("age").get<std::string>());
    if (!read) return std::unexpected(read.error());
    if (*read <= Duration::zero()) return failure("`age: 0s` would make nothing older");
    age = *read;
  }
  return std::make_unique<FileStale>(spec, surroundings, age);
}

const Registered<FaultKind> file_stale_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "file_stale",
            .summary = "Keeps a file reading as it was, whatever the system writes over it; "
                       "healing shows the newest version.",
            .options = Shape::object(
                {{.name = "age",
                  .shape = Shape::duration(),
                  .doc = "By how much the time of its last change is set back; default not at "
                         "all. With it, being old is evidence; without, a write that is not "
                         "seen."}}),
            .example = {{"inject", "file_stale"},
                        {"into", "cache"},
                        {"with", {{"age", "2h"}}},
                        {"at", "2s"},
                        {"for", "5s"}},
        },
        Nature::condition, Target::file},
    make_file_stale}};

}  // namespace
}  // namespace reprise
