#include <iterator>
#include <set>

#include "harness/model/expansion.h"
#include "harness/model/files.h"
#include "harness/model/names.h"
#include "harness/model/redaction.h"
#include "harness/model/resolve.h"
#include "harness/model/scenario.h"
#include "harness/model/shapes.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

// A matrix over a large file would take the time of as many large files.
constexpr std::size_t most_expanded_bytes = 8U << 20;
constexpr std::size_t most_errors = 200;

void append(Errors& errors, Errors more) { std::ranges::move(more, std::back_inserter(errors)); }

// What is wrong in a file may be found once for each of its combinations.
Errors without_repetition(Errors errors) {
  Errors out;
  std::set<std::string> seen;
  for (Error& error : errors) {
    if (seen.insert(error.text()).second && out.size() < most_errors) {
      out.push_back(std::move(error));
    }
  }
  return out;
}

class PlanLoader {
 public:
  PlanLoader(PlanFolder files, const Vocabulary& vocabulary, Errors& errors)
      : files_(std::move(files)), vocabulary_(vocabulary), errors_(errors) {}

  // Nothing when anything is wrong; the errors then say what, but no secret.
  std::optional<LoadedPlan> load() {
    auto before = errors_.size();
    auto loaded = load_all();
    if (loaded) return loaded;
    const Redaction redaction(std::move(loaded_.secrets));
    for (; before < errors_.size(); ++before) errors_[before] = redaction.error(errors_[before]);
    return std::nullopt;
  }

 private:
  std::optional<LoadedPlan> load_all() {
    auto before = errors_.size();
    read_plan();
    for (const auto& file : files_.scenarios) read_scenarios(file);
    if (errors_.size() != before) return std::nullopt;
    auto plan = decode_plan(resolve_plan(*plan_, vocabulary_, kept_));
    if (!plan) {
      errors_.push_back(std::move(plan.error()));
      return std::nullopt;
    }
    loaded_.plan = std::move(*plan);
    loaded_.plan.folder = files_.folder;
    if (!loaded_.plan.system.empty()) {
      loaded_.plan.system = files_.folder / loaded_.plan.system;
    }
    return std::move(loaded_);
  }

  // Reads, hashes and parses; an error is reported.
  std::optional<Document> read(const std::filesystem::path& path) {
    auto text = read_text(path);
    if (!text) {
      errors_.push_back(std::move(text.error()));
      return std::nullopt;
    }
    loaded_.hashes[path.filename().string()] = digest(*text);
    text_bytes_ = text->size();
    auto document = Document::parse(*text, path.generic_string());
    if (!document) {
      errors_.push_back(std::move(document.error()));
      return std::nullopt;
    }
    auto filled = with_secrets(std::move(*document), errors_, loaded_.missing);
    note_secrets(filled);
    return filled;
  }

  // What variables make of a file may be more than what was written.
  void note_secrets(const Document& document) {
    const auto file = std::filesystem::absolute(document.name()).lexically_normal();
    auto found = secrets_in(document.root(), file.generic_string());
    std::ranges::move(found, std::back_inserter(loaded_.secrets));
  }

  // Whether a part that must be known before filling in is absent or fits.
  bool fits(const Document& document, const char* key, const Shape& shape) {
    if (!document.root().is_object() || !document.root().contains(key)) return true;
    auto found = shape.check(document, segment(key));
    bool good = found.empty();
    append(errors_, std::move(found));
    return good;
  }

  void read_plan() {
    auto document = read(files_.plan);
    if (!document || !fits(*document, "vars", variables_shape())) return;
    auto before = errors_.size();
    if (document->root().is_object()) {
      variables_ = variables_of(*document, "vars", errors_);
      auto filled = filled_in(std::move(*document), variables_);
      if (!filled) {
        errors_.push_back(std::move(filled.error()));
        return;
      }
      document = std::move(*filled);
      note_secrets(*document);
    }
    append(errors_, plan_shape(vocabulary_).check(*document, ""));
    if (errors_.size() != before) return;
    check_plan_names(*document, vocabulary_, errors_);
    check_folder(*document);
    plan_ = std::move(*document);
  }

  void check_folder(const Document& plan) {
    auto folder = plan.root().at("system").value("folder", "");
    std::error_code error;
    if (folder.empty() || !stays_inside(folder)) return;
    if (std::filesystem::is_directory(files_.folder / folder, error)) return;
    errors_.push_back({fmt::format("there is no folder {} beside the plan", in_quotes(folder)),
                       {},
                       plan.where("/system/folder")});
  }

  void read_scenarios(const std::filesystem::path& path) {
    auto document = read(path);
    if (!document || !fits(*document, "vars", variables_shape()) ||
        !fits(*document, "for-each", matrix_shape()) ||
        !fits(*document, "compress", compress_shape())) {
      return;
    }
    if (!document->root().is_object()) {
      append(errors_, scenario_shape(vocabulary_).check(*document, ""));
      return;
    }
    Variables own = variables_;
    for (auto& [name, value] : variables_of(*document, "vars", errors_)) own[name] = value;
    if (auto period = compressed_period(*document)) own["compress.period"] = *period;
    auto sets = combinations(variables_of(*document, "for-each", errors_));
    if (sets && sets->size() * text_bytes_ > most_expanded_bytes) {
      sets = failure("for-each makes too much of so large a file");
    }
    if (!sets) {
      sets.error().where = document->where("/for-each");
      errors_.push_back(std::move(sets.error()));
      return;
    }
    for (Variables& variables : *sets) {
      variables.insert(own.begin(), own.end());
      if (!read_scenario(*document, variables)) return;
    }
  }

  // One combination; false when the next ones need not be looked at.
  bool read_scenario(const Document& document, const Variables& variables) {
    auto before = errors_.size();
    auto filled = filled_in(document, variables);
    if (!filled) {
      errors_.push_back(std::move(filled.error()));
      return false;
    }
    note_secrets(*filled);
    append(errors_, scenario_shape(vocabulary_).check(*filled, ""));
    if (errors_.size() - before > most_errors) return false;
    if (errors_.size() != before || !plan_) return true;
    ScenarioSource source(std::move(*filled), *plan_);
    auto faults = lay_out_faults(source, errors_);
    check_scenario_names(source, faults, plan_->root(), vocabulary_, errors_);
    unique_name(source);
    if (errors_.size() != before) return true;
    keep(resolve_scenario(source, faults, plan_->root(), vocabulary_));
    return true;
  }

  void unique_name(const ScenarioSource& source) {
    auto name = source.root().at("scenario").get<std::string>();
    auto where = source.where("/scenario");
    auto [first, fresh] = names_.emplace(name, where);
    if (fresh) return;
    bool same = first->second == where;
    errors_.push_back(
        {fmt::format("the scenario name {} is given twice", in_quotes(name)),
         same ? "a for-each needs its variables in the name" : "first at " + first->second.text(),
         where});
  }

  void keep(json resolved) {
    collect_kept(resolved, kept_);
    auto scenario = decode_scenario(resolved);
    if (scenario) {
      loaded_.scenarios.push_back(std::move(*scenario));
    } else {
      errors_.push_back(std::move(scenario.error()));
    }
  }

  PlanFolder files_;
  const Vocabulary& vocabulary_;
  Errors& errors_;
  Variables variables_;
  std::optional<Document> plan_;
  std::size_t text_bytes_ = 0;
  std::map<std::string, Location> names_;
  KeptByProbe kept_;
  LoadedPlan loaded_;
};

}  // namespace

std::expected<std::vector<LoadedPlan>, Errors> load(const std::vector<std::filesystem::path>& paths,
                                                    const Vocabulary& vocabulary) {
  Errors errors;
  std::vector<LoadedPlan> out;
  std::map<std::string, std::string> folders;
  for (PlanFolder& files : discover(paths, errors)) {
    auto place = files.plan.generic_string();
    auto plan = PlanLoader(std::move(files), vocabulary, errors).load();
    if (!plan) continue;
    auto [first, fresh] = folders.emplace(plan->plan.name, place);
    if (!fresh) {
      errors.push_back({fmt::format("the plan name {} is given twice", in_quotes(plan->plan.name)),
                        "first in " + first->second,
                        {place, 0, 0}});
    }
    out.push_back(std::move(*plan));
  }
  if (!errors.empty()) return std::unexpected(without_repetition(std::move(errors)));
  return out;
}

}  // namespace reprise
