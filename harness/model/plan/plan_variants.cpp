#include "harness/model/plan/plan_variants.h"

#include <algorithm>
#include <iterator>

#include "harness/model/documents/files.h"
#include "harness/model/names.h"
#include "harness/model/shapes/shapes.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

// Each is a plan of its own in memory.
constexpr std::size_t most_variant_values = 10 * max_document_nodes;

json as_key(const Variables& changed) {
  json out = json::object();
  for (const auto& [name, variable] : changed) out[name] = {variable.value, variable.written};
  return out;
}

std::size_t values_in(const json& value) {
  std::size_t count = 1;
  if (value.is_structured()) {
    for (const json& item : value) count += values_in(item);
  }
  return count;
}

}  // namespace

PlanVariants::PlanVariants(Document written, std::filesystem::path folder,
                           const Vocabulary& vocabulary, Errors& errors)
    : written_(std::move(written)),
      folder_(std::move(folder)),
      vocabulary_(vocabulary),
      errors_(errors) {
  if (!written_.root().is_object()) {
    std::ranges::move(plan_shape(vocabulary_).check(written_, ""), std::back_inserter(errors_));
    return;
  }
  own_ = variables_of(written_, errors_);
  references_ = references_of(written_);
  static_cast<void>(with({}, {}));
}

bool PlanVariants::uses(const std::string& variable) const {
  return own_.contains(variable) && references_.contains(variable);
}

PlanVariants::Variant* PlanVariants::with(const Variables& of_scenario, const Location& where) {
  Variables changed;
  for (const auto& [name, variable] : of_scenario) {
    if (uses(name) && own_.at(name) != variable) changed[name] = variable;
  }
  const auto [known, fresh] = known_.emplace(as_key(changed), std::nullopt);
  if (fresh) {
    if (auto plan = made(changed, where)) {
      known->second = variants_.size();
      variants_.push_back({std::move(*plan), {}});
    }
  }
  return known->second ? &variants_[*known->second] : nullptr;
}

bool PlanVariants::bears(const Matrix& matrix, const Location& where) {
  std::size_t ways = 0;
  for (const auto& [name, values] : matrix) {
    if (uses(name)) ways = std::max<std::size_t>(ways, 1) * values.size();
  }
  return has_room_for(ways, where);
}

bool PlanVariants::has_room_for(std::size_t more, const Location& where) {
  if ((known_.size() + more) * values_in(written_.root()) <= most_variant_values) return true;
  errors_.push_back(
      {"the scenarios change the plan's variables in too many ways for so large a "
       "plan",
       {},
       where});
  return false;
}

std::optional<Document> PlanVariants::made(const Variables& changed, const Location& where) {
  if (!has_room_for(0, where)) return std::nullopt;
  const auto before = errors_.size();
  Variables all = changed;
  all.insert(own_.begin(), own_.end());
  auto plan = filled_in(written_, all);
  if (!plan) {
    errors_.push_back(std::move(plan.error()));
    return std::nullopt;
  }
  auto found = secrets_of(*plan);
  if (!changed.empty() && !keeps_secrets(found, where)) return std::nullopt;
  std::ranges::move(found, std::back_inserter(secrets_));
  std::ranges::move(plan_shape(vocabulary_).check(*plan, ""), std::back_inserter(errors_));
  if (errors_.size() != before) return std::nullopt;
  check_plan_names(*plan, vocabulary_, errors_);
  check_folder(*plan);
  return std::move(*plan);
}

// An undo log names a secret by its place in the plan, where there can only be one.
bool PlanVariants::keeps_secrets(const Secrets& found, const Location& where) {
  for (const Secret& secret : found) {
    const auto same_place = [&](const Secret& other) { return other.name == secret.name; };
    const auto same = [&](const Secret& other) {
      return other.name == secret.name && other.value == secret.value;
    };
    if (!std::ranges::any_of(secrets_, same_place) || std::ranges::any_of(secrets_, same)) continue;
    errors_.push_back({"a scenario cannot change a secret of the plan",
                       fmt::format("{} comes from the plan's own variables", secret.name), where});
    return false;
  }
  return true;
}

void PlanVariants::check_folder(const Document& plan) {
  const auto folder = plan.root().at("system").value("folder", "");
  std::error_code error;
  if (folder.empty() || !stays_inside(folder)) return;
  if (std::filesystem::is_directory(folder_ / folder, error)) return;
  errors_.push_back({fmt::format("there is no folder {} beside the plan", in_quotes(folder)),
                     {},
                     plan.where("/system/folder")});
}

Secrets secrets_of(const Document& document) {
  const auto file = std::filesystem::absolute(document.name()).lexically_normal();
  return secrets_in(document.root(), file.generic_string());
}

}  // namespace reprise
