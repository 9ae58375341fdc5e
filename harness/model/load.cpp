#include <iterator>
#include <set>

#include "harness/model/documents/files.h"
#include "harness/model/names.h"
#include "harness/model/plan/expansion.h"
#include "harness/model/plan/plan_variants.h"
#include "harness/model/resolve.h"
#include "harness/model/scenario/ledger_ways.h"
#include "harness/model/scenario/scenario.h"
#include "harness/model/secrets/redaction.h"
#include "harness/model/shapes/shapes.h"
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

  // The plan, once for each way in which its scenarios change its variables. Nothing when anything
  // is wrong; the errors then say what, but no secret.
  std::vector<LoadedPlan> load() {
    auto before = errors_.size();
    auto loaded = load_all();
    if (plan_) std::ranges::copy(plan_->secrets(), std::back_inserter(secrets_));
    for (LoadedPlan& one : loaded) one.secrets = secrets_;
    if (!loaded.empty()) return loaded;
    const Redaction redaction(std::move(secrets_));
    for (; before < errors_.size(); ++before) errors_[before] = redaction.error(errors_[before]);
    return {};
  }

 private:
  std::vector<LoadedPlan> load_all() {
    auto before = errors_.size();
    read_plan();
    for (const auto& file : files_.scenarios) read_scenarios(file);
    if (plan_ && files_.whole) unused_variables();
    if (errors_.size() != before) return {};
    std::vector<LoadedPlan> out;
    for (PlanVariants::Variant& variant : plan_->all()) {
      auto loaded = decoded(variant);
      if (loaded) add(out, std::move(*loaded));
    }
    // The plan as it is written stands for none of the scenarios when all of them change it.
    if (out.size() > 1 && out.front().scenarios.empty()) out.erase(out.begin());
    if (errors_.size() != before) return {};
    out.front().warnings = without_repetition(std::move(warnings_));
    return out;
  }

  std::optional<LoadedPlan> decoded(PlanVariants::Variant& variant) {
    auto plan = decode_plan(resolve_plan(variant.plan, vocabulary_, kept_));
    if (!plan) {
      errors_.push_back(std::move(plan.error()));
      return std::nullopt;
    }
    plan->folder = files_.folder;
    if (!plan->system.empty()) plan->system = files_.folder / plan->system;
    LoadedPlan out;
    out.plan = std::move(*plan);
    out.scenarios = std::move(variant.scenarios);
    out.hashes = hashes_;
    out.missing = missing_;
    return out;
  }

  // What differs only in what scenarios inherit is one plan.
  static void add(std::vector<LoadedPlan>& all, LoadedPlan more) {
    const auto same = std::ranges::find_if(
        all, [&](const LoadedPlan& one) { return one.plan.resolved == more.plan.resolved; });
    if (same == all.end()) return all.push_back(std::move(more));
    std::ranges::move(more.scenarios, std::back_inserter(same->scenarios));
  }

  // Reads, hashes and parses; an error is reported.
  std::optional<Document> read(const std::filesystem::path& path) {
    auto text = read_text(path);
    if (!text) {
      errors_.push_back(std::move(text.error()));
      return std::nullopt;
    }
    hashes_[path.filename().string()] = digest(*text);
    text_bytes_ = text->size();
    auto document = Document::parse(*text, path.generic_string());
    if (!document) {
      errors_.push_back(std::move(document.error()));
      return std::nullopt;
    }
    auto filled = with_secrets(std::move(*document), errors_, missing_);
    note_secrets(filled);
    return filled;
  }

  // What variables make of a file may be more than what was written.
  void note_secrets(const Document& document) {
    std::ranges::move(secrets_of(document), std::back_inserter(secrets_));
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
    plan_.emplace(std::move(*document), files_.folder, vocabulary_, errors_);
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
    const auto before = errors_.size();
    const Variables own = variables_of(*document, errors_);
    const Matrix matrix = matrix_of(*document, errors_);
    auto sets = combinations(matrix);
    if (sets && sets->size() * text_bytes_ > most_expanded_bytes) {
      sets = failure("for-each makes too much of so large a file");
    }
    if (!sets) {
      sets.error().where = document->where("/for-each");
      errors_.push_back(std::move(sets.error()));
      return;
    }
    if (plan_ && !plan_->bears(matrix, document->where("/for-each"))) return;
    const auto references = references_of(*document);
    if (errors_.size() == before) {
      for (const auto& [name, variable] : own) used(*document, "vars", name, references);
      for (const auto& [name, values] : matrix) used(*document, "for-each", name, references);
    }
    referred_.insert(references.begin(), references.end());
    for (Variables& variables : *sets) {
      variables.insert(own.begin(), own.end());
      if (!read_scenario(*document, variables)) return;
    }
  }

  void used(const Document& scenario, const std::string& key, const std::string& name,
            const std::set<std::string>& references) {
    if (!plan_ || references.contains(name) || plan_->uses(name)) return;
    unused(scenario, key, name);
  }

  void unused_variables() {
    for (const auto& [name, variable] : plan_->variables()) {
      if (!referred_.contains(name) && !plan_->uses(name)) unused(plan_->written(), "vars", name);
    }
  }

  void unused(const Document& document, const std::string& key, const std::string& name) {
    // A secret may be there only to be hidden in what the system prints.
    if (names_a_secret(name)) return;
    if (key == "vars" && document.root().at("vars").at(name).is_object()) return;
    errors_.push_back({fmt::format("nothing uses the variable {}", in_quotes(name)),
                       fmt::format("write ${{{}}} where it is meant", name),
                       document.where_key(segment(key) + segment(name))});
  }

  // One combination; false when the next ones need not be looked at.
  bool read_scenario(const Document& document, const Variables& own) {
    auto before = errors_.size();
    Variables variables = own;
    if (auto period = compressed_period(document))
      variables["compress.period"] = {*period, *period};
    if (plan_) variables.insert(plan_->variables().begin(), plan_->variables().end());
    auto filled = filled_in(document, variables);
    if (!filled) {
      errors_.push_back(std::move(filled.error()));
      return false;
    }
    note_secrets(*filled);
    append(errors_, scenario_shape(vocabulary_).check(*filled, ""));
    if (errors_.size() - before > most_errors) return false;
    if (errors_.size() != before || !plan_) return true;
    auto* const variant = plan_->with(own, document.where(own_place(document)));
    if (variant == nullptr) return errors_.size() - before <= most_errors;
    const json& plan = variant->plan.root();
    ScenarioSource source(std::move(*filled), variant->plan);
    auto faults = lay_out_faults(source, errors_);
    check_scenario_names(source, faults, plan, vocabulary_, errors_);
    unique_name(source);
    if (errors_.size() != before) return true;
    warn_of_ledgers(source, plan, vocabulary_, warnings_);
    keep(resolve_scenario(source, faults, plan, vocabulary_), variant->scenarios);
    return true;
  }

  // Where a scenario changes variables.
  static std::string own_place(const Document& scenario) {
    return scenario.root().contains("for-each") ? "/for-each" : "/vars";
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

  void keep(json resolved, std::vector<Scenario>& scenarios) {
    collect_kept(resolved, kept_);
    auto scenario = decode_scenario(resolved);
    if (scenario) {
      scenarios.push_back(std::move(*scenario));
    } else {
      errors_.push_back(std::move(scenario.error()));
    }
  }

  PlanFolder files_;
  const Vocabulary& vocabulary_;
  Errors& errors_;
  std::optional<PlanVariants> plan_;
  std::size_t text_bytes_ = 0;
  std::map<std::string, Location> names_;
  std::set<std::string> referred_;  // by the scenarios
  KeptByProbe kept_;
  std::map<std::string, std::string> hashes_;
  Secrets secrets_;
  Errors missing_;
  Errors warnings_;
};

}  // namespace

std::expected<std::vector<LoadedPlan>, Errors> load(const std::vector<std::filesystem::path>& paths,
                                                    const Vocabulary& vocabulary) {
  Errors errors;
  std::vector<LoadedPlan> out;
  std::map<std::string, std::string> folders;
  for (PlanFolder& files : discover(paths, errors)) {
    auto place = files.plan.generic_string();
    auto variants = PlanLoader(std::move(files), vocabulary, errors).load();
    if (variants.empty()) continue;
    const std::string& name = variants.front().plan.name;
    auto [first, fresh] = folders.emplace(name, place);
    if (!fresh) {
      errors.push_back({fmt::format("the plan name {} is given twice", in_quotes(name)),
                        "first in " + first->second,
                        {place, 0, 0}});
    }
    std::ranges::move(variants, std::back_inserter(out));
  }
  if (!errors.empty()) return std::unexpected(without_repetition(std::move(errors)));
  return out;
}

}  // namespace reprise
