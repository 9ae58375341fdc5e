// The command line's way to the sentences of reports/messages.yaml, which the harness does not
// include: reports/ registers its catalogue here.
//
// Ownership: lives until the program ends. Threads: any.
#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

namespace reprise {

struct Speaker {
  std::string name;  // "catalogue"
  std::function<std::string(const std::string& key, const nlohmann::json& arguments,
                            const std::string& language)>
      say;
};

}  // namespace reprise
