#include "harness/cli/secrecy.h"

#include <sstream>

#include "harness/cli/vocabulary.h"

namespace reprise {
namespace {

// Of events and observations: what the reader of a journal looks for.
constexpr std::string_view journal_words =
    "prepare steady inject hold heal recover verify teardown starting ready exited "
    "restarting stopping stopped failed out err answered refused reset timeout error "
    "preparing injecting armed bit healing healed undo-failed changed-since condition event "
    "started finished held not-reached lost completed aborted interrupted SIGINT SIGTERM "
    "not-executed status json headers text size source cut rows value row sqlstate count "
    "line exit signal stderr latency age options kind where pointers receipt lasting nominal "
    "degraded down evidence result title state failed-to-start patience-by-default";

// Field names, and the words that a field may hold.
void add_words_of_schema(const nlohmann::json& schema, Redaction::Words& words) {
  if (!schema.is_structured()) return;
  for (const auto& [key, value] : schema.items()) {
    if (key == "properties") {
      for (const auto& [name, field] : value.items()) words.insert(name);
    }
    const bool choice = schema.is_object() && (key == "enum" || key == "const");
    for (const auto& word : choice ? value : nlohmann::json()) {
      if (word.is_string()) words.insert(word.get<std::string>());
    }
    add_words_of_schema(value, words);
  }
}

void add_names(const LoadedPlan& loaded, Redaction::Words& words) {
  const auto add_keys = [&](const auto& table) {
    for (const auto& [name, entry] : table) words.insert(name);
  };
  const Plan& plan = loaded.plan;
  words.insert(plan.name);
  add_keys(plan.risks);
  add_keys(plan.services);
  add_keys(plan.links);
  add_keys(plan.databases);
  add_keys(plan.files);
  add_keys(plan.disks);
  add_keys(plan.ledgers);
  add_keys(plan.procedures);
  add_keys(plan.probes);
  for (const Scenario& scenario : loaded.scenarios) {
    words.insert(scenario.name);
    for (const FaultSpec& fault : scenario.faults) words.insert(fault.id);
    for (const AssertionSpec& assertion : scenario.assertions) words.insert(assertion.name);
  }
}

Redaction redaction_of(const std::vector<LoadedPlan>& plans, Secrets secrets) {
  Redaction::Words words;
  std::istringstream listed{std::string(journal_words)};
  for (std::string word; listed >> word;) words.insert(word);
  add_words_of_schema(file_schemas(linked_vocabulary()), words);
  for (const LoadedPlan& loaded : plans) {
    secrets.insert(secrets.end(), loaded.secrets.begin(), loaded.secrets.end());
    add_names(loaded, words);
  }
  return Redaction(std::move(secrets), std::move(words));
}

}  // namespace

Redaction redaction_of(const std::vector<LoadedPlan>& plans) {
  return redaction_of(plans, secrets_of_environment());
}

Redaction redaction_of_folder(const std::filesystem::path& plan) {
  std::error_code error;
  if (plan.empty() || !std::filesystem::exists(plan, error)) return redaction_of({});
  const auto loaded = load({plan}, linked_vocabulary());
  return redaction_of(loaded ? *loaded : std::vector<LoadedPlan>());
}

Result<LoadedPlan> without_secrets(const LoadedPlan& loaded, const Redaction& redaction) {
  LoadedPlan shown = loaded;
  auto plan = decode_plan(redaction.document(loaded.plan.resolved));
  std::optional<Error> error;
  if (!plan) error = plan.error();
  for (Scenario& scenario : shown.scenarios) {
    auto read = decode_scenario(redaction.document(scenario.resolved));
    if (!read && !error) error = read.error();
    if (read) scenario = std::move(*read);
  }
  if (error) {
    return failure(
        "the record of plan {} could not be read with its secrets hidden ({}): a "
        "secret is too common a word; change it",
        loaded.plan.name, error->text());
  }
  plan->folder = loaded.plan.folder;
  plan->system = loaded.plan.system;
  shown.plan = std::move(*plan);
  return shown;
}

bool secrets_can_be_kept(const std::vector<LoadedPlan>& plans, const Redaction& redaction) {
  for (const LoadedPlan& loaded : plans) {
    for (const Error& missing : loaded.missing) complain(redaction, missing.text());
    if (!loaded.missing.empty()) return false;
    const auto shown = without_secrets(loaded, redaction);
    if (shown) continue;
    complain(redaction, shown.error().text());
    return false;
  }
  return true;
}

void complain(const Redaction& redaction, const std::string& text) {
  fmt::print(stderr, "reprise: {}\n", redaction.text(text));
}

}  // namespace reprise
