#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/cli/vocabulary.h"

namespace reprise {

void add_schema(CLI::App& app, int& code) {
  auto* verb = app.add_subcommand("schema", "Print the JSON Schema of a file, for editors");
  auto which = std::make_shared<std::string>("scenario");
  verb->add_option("file", *which, "Which file")
      ->check(CLI::IsMember({"plan", "scenario"}))
      ->capture_default_str();
  verb->footer(
      "Example:\n"
      "  reprise schema scenario > scenario.schema.json\n"
      "and in the file: # yaml-language-server: $schema=scenario.schema.json");
  verb->callback([which, &code] {
    fmt::print("{}\n", file_schemas(linked_vocabulary()).at(*which).dump(2));
    code = 0;
  });
}

}  // namespace reprise
