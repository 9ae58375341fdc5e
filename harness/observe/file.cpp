// A file inside the drill's folder. The kernel itself (openat2) refuses every way out of it, so a
// link put there by the drilled system leads nowhere.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

#include "harness/engine/descriptor.h"
#include "harness/journal/journal.h"
#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/keeper.h"
#include "harness/observe/probe.h"
#include "harness/observe/promised.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t most_hashed = 64 << 20;
constexpr std::size_t most_parsed = 16 << 20;  // a parsed document takes about ten times as much

int open_beneath(int folder, const fs::path& path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how));
}

std::string_view kind_name(mode_t mode) {
  if (S_ISREG(mode)) return "file";
  return S_ISDIR(mode) ? "folder" : "other";
}

Observation cannot(std::string_view what, Observation seen = {}) {
  seen.outcome = "error";
  seen.values["text"] = fmt::format("cannot {}: {}", what, std::strerror(errno));
  return seen;
}

// The content, or nothing with errno set. Reads to the end even when the file grows meanwhile,
// but never beyond the limit.
std::optional<std::string> read_all(int descriptor, std::size_t size) {
  std::string content(std::min(size, most_hashed) + 1, '\0');
  std::size_t count = 0;
  while (count < content.size()) {
    const auto got = ::read(descriptor, content.data() + count, content.size() - count);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    count += static_cast<std::size_t>(got);
  }
  content.resize(count);
  return content;
}

void note_unparsed(const Keeper& kept, Observation& seen) {
  note_cut("valid-json", seen);
  kept.unread_document(seen);
}

void note_unread(const Keeper& kept, Observation& seen) {
  note_cut("sha256", seen);
  note_unparsed(kept, seen);
}

void keep_content(const std::string& content, const Keeper& kept, Observation& seen) {
  seen.values["sha256"] = sha256(content);
  if (content.size() > most_parsed) {
    note_unparsed(kept, seen);
    return;
  }
  if (!kept.any_pointers()) {
    seen.values["valid-json"] = json::accept(content);
    return;
  }
  const auto document = json::parse(content, nullptr, false);
  seen.values["valid-json"] = !document.is_discarded();
  if (!document.is_discarded()) kept.document(document, seen);
}

Observation look_at(const fs::path& folder, const fs::path& path, const Keeper& kept) {
  const Descriptor base(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (base.number() < 0) return cannot("open the drill's folder");
  Observation seen;
  const Descriptor place(open_beneath(base.number(), path, O_PATH));
  if (place.number() < 0) {
    if (errno == EXDEV) return not_answered("error", "leads out of the drill's folder");
    if (errno != ENOENT && errno != ENOTDIR) return cannot("look at the file");
    seen.values["exists"] = false;
    return seen;
  }
  struct stat status{};
  if (::fstat(place.number(), &status) != 0) return cannot("look at the file");
  const auto modified = std::chrono::seconds(status.st_mtim.tv_sec) +
                        std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  seen.values = {{"exists", true},
                 {"kind", kind_name(status.st_mode)},
                 {"age", std::max<std::int64_t>(0, Duration(now - modified).count())}};
  if (!S_ISREG(status.st_mode)) return seen;
  const auto size = static_cast<std::size_t>(status.st_size);
  seen.values["size"] = size;
  if (size > most_hashed) {
    note_unread(kept, seen);
    return seen;
  }
  const Descriptor file(open_beneath(base.number(), path, O_RDONLY | O_NONBLOCK));
  if (file.number() < 0) return cannot("open the file", seen);
  const auto content = read_all(file.number(), size);
  if (!content) return cannot("read the file", seen);
  if (content->size() > most_hashed) {
    note_unread(kept, seen);
  } else {
    keep_content(*content, kept, seen);
  }
  return seen;
}

class FileProbe final : public Probe {
 public:
  FileProbe(const ProbeSpec& spec, const ProbeContext& context, Keeper kept)
      : options_(spec.options),
        context_(context),
        kept_(std::make_shared<const Keeper>(std::move(kept))) {}

  boost::asio::awaitable<Observation> sample(Instant deadline) override;

 private:
  Result<fs::path> path() const;

  json options_;
  ProbeContext context_;
  std::shared_ptr<const Keeper> kept_;
  // Given up at its deadline and still running: a hung file system must not use up the pool.
  std::shared_ptr<Promised<Observation>> given_up_;
};

// Relative to the drill's folder.
Result<fs::path> FileProbe::path() const {
  const auto& folder = context_.surroundings.folder();
  if (options_.contains("path")) {
    auto path = context_.surroundings.resolve(options_.at("path").get<std::string>());
    if (!path) return std::unexpected(path.error());
    const fs::path given(*path);
    return given.is_absolute() ? given.lexically_relative(folder) : given;
  }
  auto path = context_.surroundings.file(options_.at("file").get<std::string>());
  if (!path) return std::unexpected(path.error());
  return path->lexically_relative(folder);
}

boost::asio::awaitable<Observation> FileProbe::sample(Instant deadline) {
  const auto place = path();
  if (!place) co_return not_answered("error", place.error().text());
  const bool free = co_await cleared(context_.executor, given_up_, deadline);
  if (!free) co_return not_answered("timeout");
  auto work = [folder = context_.surroundings.folder(), path = *place, kept = kept_] {
    return look_at(folder, path, *kept);
  };
  auto promised = promise(context_.executor, context_.pool, std::move(work));
  auto seen = co_await promised->wait(deadline);
  if (seen) co_return std::move(*seen);
  given_up_ = promised;
  co_return not_answered("timeout");
}

Result<std::unique_ptr<Probe>> make_file(const ProbeSpec& spec, const ProbeContext& context) {
  if (spec.options.contains("file") == spec.options.contains("path")) {
    return failure("probe {}: a file probe wants either `file` or `path`", spec.name);
  }
  auto kept = Keeper::of(spec);
  if (!kept) return std::unexpected(kept.error());
  return std::make_unique<FileProbe>(spec, context, std::move(*kept));
}

const Registered<ProbeKind> file_registered{ProbeKind{
    {{.name = "file",
      .summary = "A file of the drill; sees exists, kind, size, age, sha256 (up to 64 MiB), "
                 "valid-json and json (up to 16 MiB)",
      .options = Shape::object({
          {"file", Shape::name(), {}, "A file that the plan names."},
          {"path", Shape::text(), {}, "Or a path, relative to the system's folder."},
      }),
      .example = {{"file", "predictions"}},
      .asks_nothing = true},
     std::chrono::milliseconds(5),
     {seen::outcome({"answered", "timeout", "error"}), seen::always(seen::boolean("exists")),
      seen::beside("exists", true, seen::word("kind", {"file", "folder", "other"})),
      seen::beside("kind", "file", seen::integer("size")),
      seen::beside("exists", true, seen::duration("age")),
      seen::beside("kind", "file", seen::sha256("sha256")),
      seen::beside("kind", "file", seen::boolean("valid-json")),
      seen::beside("valid-json", true, seen::documents())}},
    make_file}};

}  // namespace
}  // namespace reprise
