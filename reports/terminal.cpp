// The live view for a person: a line a running drill, redrawn in place; what is finished scrolls
// up. Everything shown has been made visible, so nothing the system prints can move the cursor.
#include <cstdio>
#include <vector>

#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/model/registry.h"
#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/live.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

struct Size {
  std::size_t columns = 80, rows = 24;
};

Size terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
  return {size.ws_col, std::max<std::size_t>(size.ws_row, 2)};
}

std::string_view colour_of(Status status) {
  static constexpr std::array codes = {"32", "33", "2", "35", "31"};
  return codes[static_cast<std::size_t>(status)];
}

std::string painted(Status status, const std::string& word) {
  return fmt::format("\x1b[1;{}m{}\x1b[0m", colour_of(status), word);
}

std::string unpainted(Status, const std::string& word) { return word; }

class Terminal : public LiveView {
 public:
  Terminal(std::string language, bool colour) : language_(std::move(language)), colour_(colour) {}

  void line(const std::string& drill, const nlohmann::json& event) override {
    Shown& shown = find(drill);
    shown.followed.take(event);
    if (!shown.known) shown.offset = now_ - shown.followed.at();
    shown.known = true;
    if (pressing(event)) scroll(visible(told(drill, event, language_)));
  }

  void finished(const Drill& drill) override {
    std::erase_if(drills_, [&](const Shown& shown) { return shown.name == drill_name(drill); });
    std::string line = visible(verdict_line(drill, language_));
    const std::string word = status_word(drill.verdict.status, language_);
    const std::size_t at = line.find(word, std::min(line.size(), drill_name(drill).size()));
    if (colour_ && at != line.npos)
      line.replace(at, word.size(), painted(drill.verdict.status, word));
    scroll(line);
  }

  void run_finished(const Run& run, const std::string& folder) override {
    drills_.clear();
    std::string out = erased();
    out += closing(run, folder, language_, colour_ ? painted : unpainted);
    write(out);
  }

  void tick(Duration elapsed) override {
    now_ = elapsed;
    std::string out = erased();  // first: drawing counts the lines that are erased next time
    out += drawn();
    write(out);
  }

 private:
  struct Shown {
    std::string name;
    Followed followed;
    Duration offset{};  // of the drill's clock against the run's
    bool known = false;
  };

  Shown& find(const std::string& drill) {
    const auto found = std::ranges::find(drills_, drill, &Shown::name);
    if (found != drills_.end()) return *found;
    return drills_.emplace_back(Shown{.name = drill, .followed = {}});
  }

  // Up to the first live line, then clear everything below.
  std::string erased() {
    const std::string out = lines_ == 0 ? "" : fmt::format("\x1b[{}F\x1b[J", lines_);
    lines_ = 0;
    return out;
  }

  std::string drawn() {
    const Size size = terminal_size();
    std::string out;
    for (const Shown& shown : drills_) {
      if (lines_ + 2 > size.rows) break;
      // One column stays free: a full line would wrap and the next erasure miss a row.
      out += cut_to(visible(state_of(shown)), size.columns - 1) + "\n";
      ++lines_;
    }
    return out;
  }

  void scroll(const std::string& line) {
    std::string out = erased() + line + "\n";
    out += drawn();
    write(out);
  }

  static void write(const std::string& text) {
    if (text.empty()) return;
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }

  [[nodiscard]] std::string state_of(const Shown& shown) const {
    const Followed& followed = shown.followed;
    const Duration now = std::max(followed.at(), now_ - shown.offset);
    std::string out = shown.name;
    if (!followed.phase().empty()) out += "  " + text("phase." + followed.phase(), language_);
    out += "  " + coarse(now);
    if (followed.incident()) {
      const Duration spent = followed.recovered().value_or(now) - *followed.incident();
      nlohmann::json arguments = {{"elapsed", coarse(spent)}};
      if (followed.rto()) arguments["limit_ns"] = followed.rto()->count();
      out += "  " + (followed.recovered() ? text("live.back", language_, arguments)
                     : followed.rto()     ? text("live.clock", language_, arguments)
                                          : text("live.clock-alone", language_, arguments));
    }
    for (const auto& [probe, seen] : followed.probes()) {
      if (seen) out += fmt::format("  {}: {}", probe, class_word(*seen, language_));
    }
    return out;
  }

  // Tenths of a second: a clock that a person can follow.
  [[nodiscard]] std::string coarse(Duration duration) const {
    return duration_text(duration / 100ms * 100ms, language_);
  }

  std::string language_;
  bool colour_;
  std::vector<Shown> drills_;
  Duration now_{};
  std::size_t lines_ = 0;
};

const Registered<LiveViewKind> terminal_registered{
    {.name = "terminal",
     .make = [](const std::string& language, bool colour) -> std::unique_ptr<LiveView> {
       return std::make_unique<Terminal>(language, colour);
     }}};

}  // namespace
}  // namespace reprise
