// Whatever a user writes into a plan, a scenario or the command line, no shell ever reads it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/program.h"

namespace reprise::testing {
namespace {

using ::testing::IsEmpty;

constexpr auto server = R"(
import http.server, os
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        self.send_response(200)
        self.end_headers()
        print(self.path, self.headers, flush=True)
        self.wfile.write(os.environ["HOSTILE"].encode())
    do_POST = do_GET
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answer).serve_forever()
)";

constexpr auto plan = R"(reprise: 1
plan: hostile
version: @
title: {en: @, fr: @}
objectives: {rto: 5s}
risks: {it-happens: {title: @}}
vars: {word: @, password: {secret: @}}
system:
  folder: #
  services:
    web:
      title: @
      command: [python3, web.py, @, "${word}"]
      folder: #
      env: {PORT: "${port}", HOSTILE: @, "A;B": @, SECRET_TOKEN: @}
      ready: {http: {url: "http://${services.web.address}/", headers: {X-Word: ~}}}
  links: {front: {from: web, to: web}}
  databases: {store: @}
  files: {page: ^}
  procedures:
    mend:
      title: @
      steps:
        - {command: {run: [echo, @, "${word}"], folder: #}, title: @}
        - {command: {run: [@]}, title: @}
    ask:
      steps:
        - {http: {url: "http://${services.web.address}/?q=~", method: POST, body: @}, title: @}
        - {manual: {instruction: @}, within: 100ms}
probes:
  home:
    http: {url: "http://${links.front.address}/?q=~", headers: {X-Word: ~}, body: {key: @}}
    every: 50ms
    timeout: 2s
  text:
    http: {url: "http://${services.web.address}/", method: POST, body: @}
    every: 1s
    timeout: 1s
  run: {command: {run: [echo, @, "${password}"], folder: #}, every: 1s, timeout: 1s}
  missing: {command: {run: [@]}, every: 1s, timeout: 1s}
  port: {tcp: {address: "${services.web.address}", send: @, receive: @}, every: 1s, timeout: 300ms}
  bad-port: {tcp: {address: "${services.web.address}=~", receive: @}, every: 1s, timeout: 300ms}
  bad-url: {http: {url: "ftp://${services.web.address}/?q=~"}, every: 1s, timeout: 300ms}
  page: {file: {file: page}, every: 1s, timeout: 1s}
  path: {file: {path: #}, every: 1s, timeout: 1s}
  said: {log: {service: web, matches: @@}, every: 1s, timeout: 1s}
  rows: {postgres: {database: store, query: @}, every: 1s, timeout: 1s}
)";

constexpr auto scenario = R"(reprise: 1
scenario: hostile
title: @
levels: {home: {nominal: {status: 200}}}
steady-state: [{probe: home, expect: nominal}]
steady: {for: 100ms, within: 15s}
patience: 1s
faults:
  - {inject: http_body, into: front, with: {mode: replace, body: @}, at: 100ms, for: 200ms}
  - {inject: http_headers, into: front, with: {set: {X-Word: ~}}, at: 100ms, for: 200ms}
  - inject: command
    with: {inject: [echo, @], undo: [echo, @], confirm: [echo, @], folder: #}
    at: 0s
    for: 300ms
  - {inject: command, with: {inject: [@]}, at: 0s}
  - {inject: file_delete, into: page, at: 0s}
procedures: [{run: mend, at: 0s}, {run: ask, at: 0s}]
assertions:
  - recovery: {probe: home, expect: nominal, within: rto}
    known: {finding: @, owner: @, until: 2099-12-31, failure: RtoExceeded}
  - log: {service: web, matches: @@}
  - throughout: {probe: text, expect: {text: @}}
  - {never: {probe: run, expect: {text: @}}}
  - {never: {probe: missing, expect: {text: @}}}
  - {never: {probe: port, expect: {text: {contains: @}}}}
  - {never: {probe: bad-port, expect: {text: {contains: @}}}}
  - {never: {probe: bad-url, expect: {text: @}}}
  - {never: {probe: page, expect: {outcome: error, text: @}}}
  - {never: {probe: path, expect: {outcome: error, text: @}}}
  - {never: {probe: said, expect: {line: ~}}}
  - {never: {probe: rows, expect: {value: @}}}
)";

// A file name without slashes: where a shell stands when it reads it, HOME is set.
constexpr const char* file_name = "$(cd; touch MARK-file);`cd; touch MARK-file`";

std::string in_quotes(const std::string& text) { return nlohmann::json(text).dump(); }

// `@` any text, `@@` a pattern, `~` a text without spaces, `#` a folder's name, `^` a file's.
std::string filled_in(std::string text, const std::filesystem::path& folder, int& marks) {
  const auto replace = [&](std::size_t at, std::size_t size, const std::string& by) {
    text.replace(at, size, by);
    return at + by.size();
  };
  for (std::size_t at = 0; (at = text.find_first_of("@~#^", at)) != std::string::npos;) {
    const std::string mark = (folder / ("MARK-" + std::to_string(++marks))).string();
    if (text[at] == '#' || text[at] == '^') {
      const bool folder_name = text[at] == '#';
      at = replace(at, 1, in_quotes(std::string(file_name) + (folder_name ? "" : ".txt")));
    } else if (text[at] == '~') {
      const bool quoted = text[at - 1] == '=';
      const std::string word = "$(>" + mark + ");>" + mark + "|>" + mark + "`>" + mark + "`";
      at = replace(at, 1, quoted ? word : in_quotes(word));
    } else if (text.compare(at, 2, "@@") == 0) {
      at = replace(at, 2, in_quotes("; touch " + mark + " | touch " + mark));
    } else {
      const std::string touch = "touch " + mark;
      at = replace(
          at, 1,
          in_quotes("; " + touch + "; $(" + touch + ") `" + touch + "` | " + touch + " && " +
                    touch + " \n" + touch + "\n'; " + touch + "; '\\\"; " + touch + "; \""));
    }
  }
  return text;
}

std::vector<std::string> marks_left(const std::filesystem::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("MARK")) found.push_back(entry.path());
  }
  return found;
}

TEST(NoShell, ReadsAnythingOfAPlanOfAScenarioOrOfTheCommandLine) {
  Workplace place;
  const auto marks_folder = place.folder() / "marks";
  std::filesystem::create_directories(marks_folder);
  ::setenv("HOME", marks_folder.c_str(), 1);
  int marks = 0;
  const auto system = place.folder() / "hostile" / file_name;
  write_file(place.folder() / "hostile/plan.yaml", filled_in(plan, marks_folder, marks));
  write_file(place.folder() / "hostile/hostile.yaml", filled_in(scenario, marks_folder, marks));
  write_file(system / file_name / "web.py", server);
  write_file(system / (std::string(file_name) + ".txt"), "page\n");
  const Finished sound = place.run({"check", "hostile"});
  ASSERT_EQ(sound.code, 0) << sound.out << sound.err;
  int none = 0;
  const std::string hostile = filled_in("=~", marks_folder, none);
  const Finished done = place.run({"run", "hostile", "--out", file_name, "--operator", hostile});
  const auto journal = place.folder() / file_name / "journals/hostile/hostile.jsonl";
  const std::string events = read_file(journal);
  // All of it was done: the service ran, what could be broken was, and the procedures too.
  EXPECT_NE(done.code, 2) << done.out << done.err;
  EXPECT_NE(events.find("\"outcome\":\"completed\""), std::string::npos) << events.substr(0, 20000);
  EXPECT_NE(events.find("\"step\":\"bit\""), std::string::npos);
  EXPECT_NE(events.find("\"event\":\"step\""), std::string::npos);
  place.run({"inject", "hostile", "command", "--with", "inject=[\"echo\", \"" + hostile + "\"]",
             "--for", "100ms", "--out", "rehearsal"});
  for (const char* verb : {"explain", "list"}) place.run({verb, "hostile"});
  place.run({"undo"});
  EXPECT_THAT(marks_left(place.folder()), IsEmpty());
  // The search is not blind: a shell that reads one of these texts leaves its mark.
  const std::string command = "; touch " + (marks_folder / "MARK-shell").string();
  std::string shell = "/bin/sh", option = "-c", text = "true" + command;
  char* argv[] = {shell.data(), option.data(), text.data(), nullptr};
  pid_t pid = -1;
  ASSERT_EQ(posix_spawn(&pid, argv[0], nullptr, nullptr, argv, environ), 0);
  ASSERT_EQ(::waitpid(pid, nullptr, 0), pid);
  EXPECT_EQ(marks_left(place.folder()).size(), 1u);
}

}  // namespace
}  // namespace reprise::testing
