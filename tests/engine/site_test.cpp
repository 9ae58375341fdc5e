#include "harness/engine/site/site.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/site/link.h"
#include "harness/model/registry.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Listens nowhere: what a Site needs of a proxy is only its endpoint.
struct EndpointOnly final : LinkServer {
  explicit EndpointOnly(std::string to) : upstream(std::move(to)) {}
  [[nodiscard]] Address endpoint() const override { return {"127.0.0.1", 4711}; }
  std::string upstream;
};

const Registered<LinkMaker> maker{
    {"proxy", [](const Link&, std::string upstream) -> Result<std::unique_ptr<LinkServer>> {
       return std::make_unique<EndpointOnly>(std::move(upstream));
     }}};

struct Sites : ::testing::Test {
  TemporaryFolder folder;
  Plan plan;
  SteadyClock clock;
  fs::path original = folder.path() / "original";

  void SetUp() override {
    fs::create_directory(original);
    plan.system = original;
    for (const char* name : {"server", "data.base"}) plan.services[name].name = name;
    auto& other = plan.services["other"];
    other.external = true;
    other.address = "192.0.2.7:9999";
    plan.links["edge"] = {"edge", "server", "data.base", "http", false, {}};
    plan.links["out"] = {"out", "server", "192.0.2.1:80", "http", false, {}};
    plan.databases["history"] = "postgresql://spe@${services.data.base.address}/spe";
    plan.files["predictions"] = "data/predictions.json";
    plan.files["escape"] = "../elsewhere";
  }
  void write(const fs::path& path, const std::string& text) const {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  static std::string read(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::unique_ptr<Site> prepare(const std::string& name = "drill") {
    auto site = Site::prepare(plan, folder.path() / name, name, clock);
    if (!site) throw std::runtime_error(site.error().text());
    return std::move(*site);
  }
};

TEST_F(Sites, FillInReferences) {
  const auto site = prepare();
  const auto port = std::to_string(site->port("server").value());
  EXPECT_EQ(site->resolve("http://${services.server.address}/x").value(),
            "http://127.0.0.1:" + port + "/x");
  EXPECT_EQ(site->resolve("${services.server.port}-${services.server.port}").value(),
            port + "-" + port);
  EXPECT_EQ(site->resolve("${services.data.base.port}").value(),
            std::to_string(site->port("data.base").value()));
  EXPECT_EQ(site->resolve("${services.other.address}").value(), "192.0.2.7:9999");
  EXPECT_EQ(site->resolve("${services.other.port}").value(), "9999");
  EXPECT_EQ(site->resolve("${links.edge.address}").value(), "127.0.0.1:4711");
  EXPECT_EQ(site->resolve("${links.edge.port}").value(), "4711");
  EXPECT_EQ(site->resolve("${folder}").value(), site->folder().string());
  EXPECT_EQ(Site::prepare(plan, folder.path() / "seeded", "seeded", clock, false, {}, 71)
                .value()
                ->resolve("--seed=${seed}")
                .value(),
            "--seed=71");
  EXPECT_EQ(site->resolve_for("server", "${port}").value(), port);
  EXPECT_EQ(site->resolve("a $ and {braces} are text").value(), "a $ and {braces} are text");
}

TEST_F(Sites, RefuseReferencesToNothing) {
  const auto site = prepare();
  for (const char* text : {"${port}", "${services.nobody.port}", "${services.server.pid}",
                           "${links.nothing.port}", "${}", "${folder", "${services.server}"}) {
    EXPECT_FALSE(site->resolve(text)) << text;
  }
}

TEST_F(Sites, LeadLinksToTheirServices) {
  const auto site = prepare();
  const auto* edge = dynamic_cast<EndpointOnly*>(site->link("edge"));
  ASSERT_TRUE(edge);
  EXPECT_EQ(edge->upstream, site->resolve("${services.data.base.address}").value());
  EXPECT_EQ(dynamic_cast<EndpointOnly*>(site->link("out"))->upstream, "192.0.2.1:80");
  EXPECT_EQ(site->link("nothing"), nullptr);
}

TEST_F(Sites, KnowDatabasesAndFiles) {
  const auto site = prepare();
  EXPECT_EQ(site->database("history").value(),
            site->resolve("postgresql://spe@${services.data.base.address}/spe").value());
  EXPECT_EQ(site->file("predictions").value(), site->folder() / "data/predictions.json");
  EXPECT_FALSE(site->file("escape"));
  EXPECT_FALSE(site->file("nothing"));
  EXPECT_FALSE(site->database("nothing"));
}

TEST_F(Sites, NeverShareAPortNorTakeOneOfTheKernels) {
  int low = 0, high = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> low >> high;
  std::set<std::uint16_t> seen;
  std::vector<std::unique_ptr<Site>> sites;
  for (int i = 0; i < 20; ++i) {
    sites.push_back(prepare(fmt::format("drill-{}", i)));
    for (const char* service : {"server", "data.base"}) {
      const auto port = sites.back()->port(service).value();
      EXPECT_TRUE(port < low || port > high) << port;
      EXPECT_TRUE(seen.insert(port).second) << port << " was given out twice";
    }
  }
}

TEST(PortLeases, AreGivenBackWhenTheyEnd) {
  std::uint16_t first = 0;
  {
    const auto lease = PortLease::take("the same seed");
    ASSERT_TRUE(lease) << lease.error().text();
    first = lease->port();
    const auto other = PortLease::take("the same seed");
    ASSERT_TRUE(other);
    EXPECT_NE(other->port(), first);
  }
  const auto again = PortLease::take("the same seed");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->port(), first);
}

TEST_F(Sites, CopyTheSystemWithItsModesAndTimes) {
  write(original / "bin/run.sh", "#!/bin/sh\n");
  write(original / "node_modules/left/index.js", "x");
  fs::permissions(original / "bin/run.sh", fs::perms(0750));
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(50);
  fs::last_write_time(original / "bin/run.sh", old);
  const auto site = prepare();
  EXPECT_EQ(read(site->folder() / "node_modules/left/index.js"), "x");
  EXPECT_EQ(fs::status(site->folder() / "bin/run.sh").permissions(), fs::perms(0750));
  EXPECT_EQ(fs::last_write_time(site->folder() / "bin/run.sh"), old);

  write(site->folder() / "bin/run.sh", "changed");
  EXPECT_EQ(read(original / "bin/run.sh"), "#!/bin/sh\n") << "the original must stay as it is";
}

TEST_F(Sites, CopyAFileLargerThanAnyBuffer) {
  const std::string large(3 << 20, 'x');
  write(original / "large", large + "end");
  EXPECT_EQ(read(prepare()->folder() / "large"), large + "end");
}

TEST_F(Sites, KeepLinksThatPointInside) {
  write(original / "data/real", "inside");
  fs::create_symlink("data/real", original / "relative");
  fs::create_symlink(original / "data/real", original / "absolute");
  const auto site = prepare();
  EXPECT_TRUE(fs::is_symlink(site->folder() / "relative"));
  ASSERT_TRUE(fs::is_symlink(site->folder() / "absolute"));
  EXPECT_TRUE(fs::read_symlink(site->folder() / "absolute").is_relative());
  EXPECT_EQ(fs::canonical(site->folder() / "absolute"),
            fs::canonical(site->folder()) / "data/real");
}

TEST_F(Sites, CopyWhatLinksThatPointOutsidePointTo) {
  write(folder.path() / "shared/lib/code.js", "code");
  fs::create_symlink("code.js", folder.path() / "shared/lib/alias.js");
  write(folder.path() / "secret", "do not write here");
  fs::create_symlink(folder.path() / "shared", original / "modules");
  fs::create_symlink("../secret", original / "file");
  const auto site = prepare();
  EXPECT_FALSE(fs::is_symlink(site->folder() / "modules"));
  EXPECT_EQ(read(site->folder() / "modules/lib/code.js"), "code");
  EXPECT_EQ(read(site->folder() / "modules/lib/alias.js"), "code");
  write(site->folder() / "file", "written by a service");
  EXPECT_EQ(read(folder.path() / "secret"), "do not write here");
}

TEST_F(Sites, RefuseACircleOfLinksAndALinkToNothingOutside) {
  fs::create_directory(folder.path() / "outside");
  fs::create_symlink(original, folder.path() / "outside/back");
  fs::create_symlink(folder.path() / "outside", original / "out");
  auto circle = Site::prepare(plan, folder.path() / "circle", "circle", clock);
  ASSERT_FALSE(circle);

  fs::remove(original / "out");
  fs::create_symlink("/nonexistent/of/this/test", original / "dangling");
  auto dangling = Site::prepare(plan, folder.path() / "dangling", "dangling", clock);
  ASSERT_FALSE(dangling);
  EXPECT_THAT(dangling.error().text(), HasSubstr("dangling"));
}

TEST_F(Sites, LeaveOutSocketsAndPipes) {
  ASSERT_EQ(::mkfifo((original / "pipe").c_str(), 0600), 0);
  write(original / "kept", "kept");
  const auto site = prepare();
  EXPECT_FALSE(fs::exists(site->folder() / "pipe"));
  EXPECT_TRUE(fs::exists(site->folder() / "kept"));
}

TEST_F(Sites, RefuseToCopyASystemIntoItself) {
  EXPECT_FALSE(Site::prepare(plan, original / "drill", "drill", clock));
}

TEST_F(Sites, DoWithoutASystemFolder) {
  plan.system.clear();
  EXPECT_TRUE(fs::is_directory(prepare()->folder()));
  plan.system = folder.path() / "missing";
  EXPECT_FALSE(Site::prepare(plan, folder.path() / "second", "second", clock));
}

TEST_F(Sites, RememberProcessesAndLogs) {
  const auto site = prepare();
  EXPECT_FALSE(site->process("server"));
  site->set_process("server", ProcessId{::getpid(), 1});
  EXPECT_EQ(site->process("server").value().pid, ::getpid());
  site->set_process("server", std::nullopt);
  EXPECT_FALSE(site->process("server"));
  site->add_log("server", Printed("one"));
  site->add_log("server", Printed("two"));
  const auto line = [](const char* text) { return ::testing::Field(&Printed::line, text); };
  EXPECT_THAT(site->log("server", 0), ElementsAre(line("one"), line("two")));
  EXPECT_THAT(site->log("server", 1), ElementsAre(line("two")));
  EXPECT_TRUE(site->log("server", 7).empty());
  EXPECT_TRUE(site->log("nobody", 0).empty());
}

TEST_F(Sites, MarkTheEnvironmentAndPassLittleElseOn) {
  ::setenv("REPRISE_TEST_SECRET", "secret", 1);
  const auto environment = prepare()->environment();
  EXPECT_THAT(environment, ::testing::Contains("REPRISE_DRILL=drill"));
  EXPECT_THAT(environment, ::testing::Contains(::testing::StartsWith("PATH=")));
  EXPECT_THAT(environment, ::testing::Not(::testing::Contains(HasSubstr("secret"))));
  ::unsetenv("REPRISE_TEST_SECRET");
}

}  // namespace
}  // namespace reprise
