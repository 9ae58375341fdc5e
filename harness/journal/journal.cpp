#include "harness/journal/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace reprise {

Result<Journal> Journal::create(const std::filesystem::path& path, std::function<Duration()> now,
                                std::function<UtcInstant()> utc) {
  // Append mode: whatever happens to the offset, nothing that is written is ever overwritten.
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    const int reason = errno;
    auto error = failure("cannot create the journal {}: {}", path.string(), std::strerror(reason));
    if (reason == EEXIST) error.error().remedy = "a journal is never written twice; move it away";
    return error;
  }
  Journal journal;
  journal.descriptor_ = descriptor;
  journal.previous_ = sha256("");
  journal.now_ = std::move(now);
  journal.utc_ = std::move(utc);
  return journal;
}

Journal::Journal(Journal&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      next_(other.next_),
      previous_(std::move(other.previous_)),
      trouble_(std::move(other.trouble_)),
      redaction_(other.redaction_),
      now_(std::move(other.now_)),
      utc_(std::move(other.utc_)) {}

Journal& Journal::operator=(Journal&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(next_, other.next_);
  std::swap(previous_, other.previous_);
  std::swap(trouble_, other.trouble_);
  std::swap(redaction_, other.redaction_);
  std::swap(now_, other.now_);
  std::swap(utc_, other.utc_);
  return *this;
}

Journal::~Journal() {
  if (descriptor_ >= 0) ::close(descriptor_);
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
                           written < 0 ? std::strerror(errno) : "only a part of it was");
    return;
  }
  previous_ = std::move(hash);
  ++next_;
}

}  // namespace reprise
