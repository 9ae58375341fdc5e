#include "tests/engine/live_drill.h"

#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <fstream>

#include <gtest/gtest.h>

namespace reprise::testing {

LiveDrill::LiveDrill() {
  static int next = 0;
  id = fmt::format("test-{}-{}", ::getpid(), next++);
  std::filesystem::create_directory(folder.path() / "plan");
  plan.name = "test";
  plan.folder = folder.path() / "plan";
}

LiveDrill::~LiveDrill() {
  supervisor.reset();
  EXPECT_TRUE(processes_left().empty());
}

Service& LiveDrill::add(const std::string& name, std::vector<std::string> command) {
  Service& service = plan.services[name];
  service.name = name;
  service.command = std::move(command);
  service.env["PORT"] = "${port}";
  return service;
}

Service& LiveDrill::add_python(const std::string& name, const std::string& program) {
  return add(name, {"python3", "-u", "-c", program});
}

Service& LiveDrill::add_listener(const std::string& name, const std::string& delay) {
  Service& service = add_python(name, R"(
import os, socket, time
time.sleep()" + delay + R"()
listener = socket.create_server(('127.0.0.1', int(os.environ['PORT'])))
while True: listener.accept()[0].close()
)");
  ProbeSpec ready;
  ready.kind = "tcp";
  ready.options = {{"address", "127.0.0.1:${port}"}};
  service.ready = ready;
  return service;
}

void LiveDrill::prepare() {
  auto made = Site::prepare(plan, folder.path() / "drill", id, clock);
  ASSERT_TRUE(made) << made.error().text();
  site = std::move(*made);
  const Instant origin = clock.now();
  auto now = [this, origin] { return clock.now() - origin; };
  auto utc = [this] { return clock.utc(); };
  auto created = Journal::create(folder.path() / "journal.jsonl", now, utc);
  ASSERT_TRUE(created) << created.error().text();
  journal.emplace(std::move(*created));
  auto started = [this](const ProcessId& process) { told.push_back(process); };
  supervisor = std::make_unique<Supervisor>(context.get_executor(), clock, *journal, pool, plan,
                                            *site, started, patterns);
}

void LiveDrill::run(boost::asio::awaitable<void> work) {
  std::exception_ptr thrown;
  bool done = false;
  auto finished = [&](std::exception_ptr error) {
    thrown = error;
    done = true;
  };
  boost::asio::co_spawn(context, std::move(work), finished);
  run_until([&] { return done; });
  if (thrown) std::rethrow_exception(thrown);
}

bool LiveDrill::run_until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << "did not come true within 20 s";
      return false;
    }
    context.restart();
    context.run_one_for(std::chrono::milliseconds(5));
  }
  return true;
}

void LiveDrill::run_for(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  run_until([&] { return std::chrono::steady_clock::now() >= end; });
}

std::vector<nlohmann::json> LiveDrill::events(const std::string& name) const {
  std::vector<nlohmann::json> found;
  std::ifstream file(folder.path() / "journal.jsonl");
  for (std::string line; std::getline(file, line);) {
    auto event = nlohmann::json::parse(line);
    if (event.at("event") == name) found.push_back(std::move(event));
  }
  return found;
}

std::vector<nlohmann::json> LiveDrill::state_events(const std::string& service,
                                                    const std::string& state) const {
  auto found = events("service");
  std::erase_if(found, [&](const auto& event) {
    return event.at("service") != service || event.at("state") != state;
  });
  return found;
}

std::vector<std::string> LiveDrill::states(const std::string& service) const {
  std::vector<std::string> found;
  for (const auto& event : events("service")) {
    if (event.at("service") == service) found.push_back(event.at("state"));
  }
  return found;
}

bool LiveDrill::printed(const std::string& service, const std::string& line) const {
  const auto lines = site->log(service, 0);
  return std::ranges::find(lines, line, &Printed::line) != lines.end();
}

std::vector<int> LiveDrill::processes_left() const {
  std::vector<int> found;
  const std::string mark = "REPRISE_DRILL=" + id;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    int pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc()) continue;
    std::ifstream environ(entry.path() / "environ", std::ios::binary);
    for (std::string assignment; std::getline(environ, assignment, '\0');) {
      if (assignment == mark) found.push_back(pid);
    }
  }
  return found;
}

bool has_children() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

}  // namespace reprise::testing
