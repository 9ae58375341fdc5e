// Which values are secrets, and where each stands in a plan, a scenario or the environment.
//
// A value is one when it is marked as such (`{secret: …}`), when it is the password of a URL, or
// when the key, variable or header above it is called like one (DB_PASSWORD, X-Api-Key).
// Ownership: plain values. Threads: any, as long as nobody changes the environment.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/model/documents/document.h"
#include "harness/model/secrets/secret_search.h"

namespace reprise {

struct Secret {
  std::string name;  // where it stands: "plan.yaml/system/services/web/env/PASSWORD"
  std::string value;
};
using Secrets = std::vector<Secret>;

// What stands in place of a secret. No character of it means anything in a pattern or a URL.
inline constexpr std::string_view hidden_value = "•••";

// Whether what is called so is usually a secret; a name that ends in _FILE or _PATH is not.
[[nodiscard]] bool names_a_secret(std::string_view name);

// The passwords of the URLs in a text (user:password@host), in order.
[[nodiscard]] std::vector<TextRange> passwords_in(std::string_view text);

// Calls `visit` for every secret in a value, with its pointer; what `visit` makes of the range is
// up to it. Several ranges of one text come last first.
using SecretVisitor =
    std::function<void(const std::string& pointer, std::string& text, const TextRange& range)>;
void visit_secrets(nlohmann::json& value, const SecretVisitor& visit);

// The secrets of a file called so.
[[nodiscard]] Secrets secrets_in(nlohmann::json value, const std::string& file);
// Those of this process's environment.
[[nodiscard]] Secrets secrets_of_environment();

// Fills in the `${env.NAME}` of every `{secret: …}`. A variable that is not set is told in
// `missing`, and the hidden value stands in its place: a file can be checked without its secrets.
[[nodiscard]] Document with_secrets(Document document, Errors& errors, Errors& missing);

}  // namespace reprise
