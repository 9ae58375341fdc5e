#include "harness/journal/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "harness/journal/writing.h"

namespace reprise {
namespace {

// What a drill may still have to tell when its disk is full, and how much more is reserved at once.
constexpr std::uint64_t room_for_the_end = std::uint64_t{128} << 10;
constexpr std::uint64_t ahead = std::uint64_t{16} << 10;

// What there is no end of, and a drill that is being ended can do without.
bool is_bulk(std::string_view event) {
  return event == "sample" || event == "skipped" || event == "log";
}

}  // namespace

Result<Journal> Journal::create(const std::filesystem::path& path, std::function<Duration()> now,
                                std::function<UtcInstant()> utc) {
  // Append mode: whatever happens to the offset, nothing that is written is ever overwritten.
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    const int reason = errno;
    auto error =
        failure("cannot create the journal {}: {}", path.string(), write_failure(path, reason));
    if (reason == EEXIST) error.error().remedy = "a journal is never written twice; move it away";
    return error;
  }
  Journal journal;
  journal.path_ = path;
  journal.owner_ = ::getpid();
  journal.descriptor_ = descriptor;
  journal.previous_ = sha256("");
  journal.now_ = std::move(now);
  journal.utc_ = std::move(utc);
  if (const int reason = journal.reserve(0); reason != 0) {
    ::unlink(path.c_str());
    return failure("cannot create the journal {}: {}", path.string(), write_failure(path, reason));
  }
  return journal;
}

Journal::Journal(Journal&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      owner_(other.owner_),
      size_(other.size_),
      reserved_(other.reserved_),
      reserves_(other.reserves_),
      full_(std::move(other.full_)),
      next_(other.next_),
      previous_(std::move(other.previous_)),
      trouble_(std::move(other.trouble_)),
      redaction_(other.redaction_),
      now_(std::move(other.now_)),
      utc_(std::move(other.utc_)) {}

Journal& Journal::operator=(Journal&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(owner_, other.owner_);
  std::swap(size_, other.size_);
  std::swap(reserved_, other.reserved_);
  std::swap(reserves_, other.reserves_);
  std::swap(full_, other.full_);
  std::swap(next_, other.next_);
  std::swap(previous_, other.previous_);
  std::swap(trouble_, other.trouble_);
  std::swap(redaction_, other.redaction_);
  std::swap(now_, other.now_);
  std::swap(utc_, other.utc_);
  return *this;
}

Journal::~Journal() {
  if (descriptor_ < 0) return;
  give_back();
  ::close(descriptor_);
}

// Blocks beyond the file's end, which stays where it is. The errno where there are none; where the
// file system cannot reserve, nothing is reserved from now on.
int Journal::reserve(std::size_t size) {
  const std::uint64_t needed = size_ + size + room_for_the_end;
  if (!reserves_ || needed <= reserved_) return 0;
  const std::uint64_t more = needed + ahead - reserved_;
  int done = 0;
  do {
    done = ::fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(reserved_),
                       static_cast<off_t>(more));
  } while (done != 0 && errno == EINTR);
  if (done != 0 && is_full(errno)) return errno;
  reserves_ = done == 0;
  if (reserves_) reserved_ += more;
  return 0;
}

// To the size that it has: what lies beyond goes back to the disk.
void Journal::give_back() const {
  if (reserved_ == 0 || owner_ != ::getpid()) return;
  (void)!::ftruncate(descriptor_, static_cast<off_t>(size_));
}

// The names of an event's fields and its numbers are ours; what its values hold may be anybody's.
void Journal::redact(std::string_view event, nlohmann::json& fields) const {
  for (auto& value : fields) {
    const bool observed = event == "sample" && value.is_object();
    redaction_->hide_in(value, observed);
  }
}

void Journal::write(std::string_view event, nlohmann::json fields) {
  write_at(now_(), event, std::move(fields));
}

void Journal::write_at(Duration t, std::string_view event, nlohmann::json fields) {
  // After a torn write the chain would be broken by anything more.
  if (!trouble_.empty()) return;
  if (fields.is_null()) fields = nlohmann::json::object();
  REPRISE_REQUIRE(fields.is_object());
  for (const char* ours : {"n", "t", "utc", "event", "prev"}) fields.erase(ours);
  if (redaction_) redact(event, fields);
  if (full_.empty()) {
    // An event is hardly ever longer than what is reserved ahead; the reserve covers one that is.
    if (const int reason = reserve(ahead); reason != 0) {
      full_ = write_failure(path_, reason);
      nlohmann::json told{{"what", full_}};
      if (redaction_) redact("trouble", told);
      add_line(t, "trouble", told);
    }
  }
  if (full_.empty() || !is_bulk(event)) add_line(t, event, fields);
}

void Journal::add_line(Duration t, std::string_view event, const nlohmann::json& fields) {
  if (!trouble_.empty()) return;
  // A service may print anything; what is not UTF-8 is replaced, not refused.
  const auto replace = nlohmann::json::error_handler_t::replace;
  const std::string body = fields.dump(-1, ' ', false, replace);
  std::string line = fmt::format(R"({{"n":{},"t":{},"utc":"{}","event":{})", next_, t.count(),
                                 format_utc(utc_()), nlohmann::json(event).dump());
  if (body.size() > 2) {
    line += ',';
    line.append(body, 1, body.size() - 2);
  }
  line += fmt::format(R"(,"prev":"{}"}})", previous_);
  std::string hash = sha256(line);
  line += '\n';
  ssize_t written = 0;
  do {
    written = ::write(descriptor_, line.data(), line.size());
  } while (written < 0 && errno == EINTR);
  if (written != static_cast<ssize_t>(line.size())) {
    trouble_ = fmt::format("event {} of the journal could not be written: {}", next_,
                           written < 0 ? write_failure(path_, errno) : "only a part of it was");
    return;
  }
  size_ += line.size();
  previous_ = std::move(hash);
  ++next_;
}

}  // namespace reprise
