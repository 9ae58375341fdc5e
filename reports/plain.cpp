// The live view for pipes and CI logs: one line a change, no control characters.
#include <cstdio>

#include "harness/model/registry.h"
#include "reports/escape.h"
#include "reports/github.h"
#include "reports/live.h"

namespace reprise {
namespace {

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

class Plain : public LiveView {
 public:
  explicit Plain(std::string language) : language_(std::move(language)) {}

  void line(const std::string& drill, const nlohmann::json& event) override {
    const std::string sentence = told(drill, event, language_);
    if (!sentence.empty()) print(inert(sentence) + "\n");
  }

  void finished(const Drill& drill) override {
    print(inert(verdict_line(drill, language_)) + "\n");
  }

  void run_finished(const Run& run, const std::string& folder) override {
    print(closing(run, folder, language_, [](Status, const std::string& word) { return word; }));
    announce_on_github(run, language_);
  }

  void tick(Duration) override {}

 private:
  std::string language_;
};

const Registered<LiveViewKind> plain_registered{
    {.name = "plain", .make = [](const std::string& language, bool) -> std::unique_ptr<LiveView> {
       return std::make_unique<Plain>(language);
     }}};

}  // namespace
}  // namespace reprise
