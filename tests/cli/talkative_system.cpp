#include "tests/cli/talkative_system.h"

#include <cstdlib>
#include <random>

#include "tests/support/secret_forms.h"

namespace reprise::testing {
namespace {

// Prints every secret in every form, answers with them, and never comes back once it is killed.
constexpr auto talkative = R"(
import base64, http.server, json, os, re, urllib.parse
secrets = json.load(open("secrets.json"))
def forms(s):
    raw = s.encode()
    yield s
    for before in (b"", b"u:", b"x"):
        yield base64.b64encode(before + raw).decode()
        yield base64.urlsafe_b64encode(before + raw).decode()
    upper = urllib.parse.quote(s, safe="")
    yield upper
    yield re.sub("%..", lambda escape: escape.group().lower(), upper)
    yield urllib.parse.quote_plus(s)
    yield json.dumps(s)
    yield json.dumps(s, ensure_ascii=False)
everything = [form for s in secrets for form in forms(s)]
for form in everything:
    print("I was told", form, flush=True)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        plain = self.path == "/plain"
        body = ("\n".join(everything) if plain else
                json.dumps({"all": everything, "by": {s: 1 for s in secrets}})).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        for i, s in enumerate(secrets):
            self.send_header("X-Echo-%d" % (i % 5), urllib.parse.quote(s) + " "
                             + base64.b64encode(b"u:" + s.encode()).decode())
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answer).serve_forever()
)";

constexpr auto scenario = R"yaml(reprise: 1
scenario: crash
levels:
  home:
    nominal:
      status: 200
      json: {/all: {exists: true}, /by: {exists: true}}
      headers: {x-echo-0: {exists: true}, x-echo-1: {exists: true}, x-echo-2: {exists: true}}
  plain: {nominal: {status: 200}}
  printed: {nominal: {exit: 0}}
steady-state: [{probe: home, expect: nominal}, {probe: plain, expect: nominal},
               {probe: printed, expect: nominal}]
steady: {for: 500ms, within: 15s}
patience: 2s
faults:
  - {inject: process_kill, into: web, at: 500ms}
  - inject: command
    at: 50ms
    with:
      inject: ["true"]
      confirm: [python3, -c, "import os, sys; print(os.environ['GITHUB_TOKEN'], sys.argv)",
                "${argument}"]
      undo: ["true"]
assertions: [{recovery: {probe: home, expect: nominal, within: rto, sustained: 500ms}},
             {throughout: {probe: plain, expect: nominal, allowed-failures: 0}}]
)yaml";

// A user who writes the password into a probe's address is told, without the password.
constexpr auto wrong_probe = R"(reprise: 1
scenario: wrong-probe
steady-state: [{probe: with-password, expect: nominal}]
steady: {for: 100ms, within: 500ms}
levels: {with-password: {nominal: {status: 200}}}
assertions: [{recovery: {probe: with-password, expect: nominal, within: rto}}]
)";

// Where each of fifty secrets stands in the plan; `marked` false: nowhere.
std::string plan_with(const std::vector<std::string>& secrets, bool marked) {
  std::string env, databases, headers, vars;
  const auto encoded = [&](std::size_t i) { return percent_encoded(secrets[i], true); };
  for (std::size_t i = 0; i < 10; ++i) {
    const std::string name = "SECRET_" + std::to_string(i);
    ::unsetenv(("DRILL_" + name).c_str());
    if (!marked) continue;
    ::setenv(("DRILL_" + name).c_str(), secrets[i].c_str(), 1);
    env += "        V" + std::to_string(i) + ": {secret: \"${env.DRILL_" + name + "}\"}\n";
    env += "        W" + std::to_string(i) + ": {secret: " + in_yaml(secrets[10 + i]) + "}\n";
    databases += "    d" + std::to_string(i) + ": \"postgresql://me:" + encoded(20 + i) +
                 "@${services.web.address}/x\"\n";
  }
  const std::vector<std::string> names{"DB_PASSWORD", "API_KEY",    "apikey",     "AUTH_TOKEN",
                                       "PASSWD",      "ACCESS_KEY", "CREDENTIALS"};
  for (std::size_t i = 0; marked && i < 7; ++i) {
    env += "        " + names[i] + ": " + in_yaml(secrets[30 + i]) + "\n";
  }
  for (std::size_t i = 37; marked && i < 41; ++i) {
    env += "        URL" + std::to_string(i) + ": \"redis://:" + encoded(i) + "@127.0.0.1/\"\n";
  }
  const std::vector<std::string> inherited{"GITHUB_TOKEN", "PGPASSWORD", "AWS_SECRET_ACCESS_KEY"};
  for (std::size_t i = 0; i < 3; ++i) {
    ::setenv(inherited[i].c_str(), marked ? secrets[41 + i].c_str() : "nothing-special", 1);
  }
  if (marked) {
    headers = "X-Api-Key: \"${key}\", Authorization: \"Bearer ${bearer}\"";
    vars = "vars:\n  key: {secret: " + in_yaml(percent_encoded(secrets[44], false)) +
           "}\n  bearer: {secret: " + in_yaml(percent_encoded(secrets[45], false)) +
           "}\n  argument: {secret: " + in_yaml(secrets[46]) +
           "}\n  token: " + in_yaml(secrets[47]) + "\n  api-key: " + in_yaml(secrets[48]) + "\n";
  } else {
    vars = "vars: {argument: nothing}\n";
  }
  const std::string address = marked ? "me:" + encoded(49) + "@" : "";
  return "reprise: 1\nplan: talkative\nobjectives: {rto: 2s}\n" + vars +
         "system:\n  folder: system\n  services:\n    web:\n      command: [python3, web.py]\n"
         "      ready: {http: {url: \"http://${services.web.address}/\"}}\n"
         "      env:\n        PORT: \"${port}\"\n" +
         env + (marked ? "  databases:\n" + databases : "") +
         "probes:\n"
         "  home: {http: {url: \"http://${services.web.address}/\", headers: {" +
         headers +
         "}}, every: 200ms, timeout: 5s}\n"
         "  plain: {http: {url: \"http://${services.web.address}/plain\"}, every: 200ms, "
         "timeout: 5s}\n"
         "  printed: {command: {run: [printenv, GITHUB_TOKEN, PGPASSWORD]}, every: 200ms, "
         "timeout: 2s}\n"
         "  with-password: {http: {url: \"http://" +
         address + "${services.web.address}/\"}, every: 100ms, timeout: 2s}\n";
}

}  // namespace

std::vector<std::string> random_secrets() {
  std::mt19937 random(20);
  const std::vector<std::string> letters{
      "a",  "b", "c", "d", "e", "f", "G", "H", "I", "J", "K", "L", "0", "1", "2", "3",
      "4",  "5", "6", "7", "8", "9", "!", "@", "#", "$", "%", "^", "&", "*", "/", "\\",
      "\"", "'", "+", "=", "<", ">", "?", "~", "_", "-", ".", ",", " ", "é", "€", "🙂"};
  std::vector<std::string> secrets;
  for (int i = 0; i < 50; ++i) {
    std::string secret = "z";
    for (unsigned left = 7 + random() % 16; left > 0; --left) {
      secret += letters[random() % letters.size()];
    }
    secrets.push_back(secret + "q");
  }
  return secrets;
}

std::string in_yaml(const std::string& text) { return nlohmann::json(text).dump(); }

std::string crash_scenario() { return scenario; }

void make_system(const Workplace& place, const std::vector<std::string>& secrets, bool marked) {
  write_file(place.folder() / "talkative/plan.yaml", plan_with(secrets, marked));
  write_file(place.folder() / "talkative/crash.yaml", scenario);
  write_file(place.folder() / "talkative/wrong_probe.yaml", wrong_probe);
  write_file(place.folder() / "talkative/system/web.py", talkative);
  write_file(place.folder() / "talkative/system/secrets.json", nlohmann::json(secrets).dump());
}

}  // namespace reprise::testing
