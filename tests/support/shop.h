// A plan of one small web service, `web`, that one probe, `home`, looks at: what a test is about,
// it says.
#pragma once

#include <string>

#include <fmt/format.h>

namespace reprise::testing {

struct Shop {
  std::string command = R"([python3, -m, http.server, "${port}", --bind, 127.0.0.1])";
  std::string every = "50ms";    // between samples
  std::string steady = "100ms";  // for how long it must hold
  std::string more = {};         // further keys of plan.yaml, whole lines

  [[nodiscard]] std::string plan() const {
    constexpr auto text = R"(reprise: 1
plan: shop
objectives: {{rto: 5s}}
system:
  services:
    web:
      command: {0}
      ready: {{http: {{url: "http://${{services.web.address}}/"}}, every: 20ms}}
probes:
  home: {{http: {{url: "http://${{services.web.address}}/"}}, every: {1}, timeout: 2s}}
{3}defaults:
  levels: {{home: {{nominal: {{status: 200}}}}}}
  steady-state: [{{probe: home, expect: nominal}}]
  steady: {{for: {2}, within: 15s}}
)";
    return fmt::format(text, command, every, steady, more);
  }
};

}  // namespace reprise::testing
