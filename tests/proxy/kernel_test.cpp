// Cuts and redirections done by the kernel, in a sandbox, and what is left of them: nothing.
#include <gmock/gmock.h>

#include "tests/proxy/link_test.h"
#include "tests/support/in_sandbox.h"
#include "tests/support/said_by.h"

#include "injectors/kernel/nftables.h"

namespace reprise {
namespace {

using Speaks = TestService::Speaks;

std::string answer(std::uint16_t port) {
  PlainClient client(port);
  client.send("a");
  return client.read_exactly(1);
}

void expect_cut_and_healed(const nlohmann::json& with, const std::string& seen) {
  in_sandbox([&] {
    TestService service(Speaks::tcp);
    const TestLink link(service, false);
    PlainClient open(link.port());
    open.send("a");
    EXPECT_EQ(open.read_exactly(1), "A");
    LinkFaultUnderTest cut(link, "network_cut", with);
    cut.inject();
    EXPECT_FALSE(cut.bit());
    open.send("b");
    if (seen.empty()) {
      EXPECT_FALSE(open.readable(300ms));
    } else {
      open.read_all();
      EXPECT_EQ(open.end(), seen);
    }
    EXPECT_TRUE(comes_true([&] { return cut.bit(); }));
    cut.revert();
    cut.revert();
    EXPECT_EQ(answer(link.port()), "A");
  });
}

TEST(KernelCut, RejectsWhatIsOpen) {
  expect_cut_and_healed({{"by", "kernel"}, {"how", "refuse"}}, "reset");
}
TEST(KernelCut, DropsSilently) {
  expect_cut_and_healed({{"by", "kernel"}, {"how", "silence"}}, "");
}
TEST(KernelCut, DropsOnlyWhatTheClientSends) {
  expect_cut_and_healed({{"by", "kernel"}, {"how", "silence"}, {"direction", "to"}}, "");
}
TEST(KernelCut, DropsOnlyWhatTheServiceAnswers) {
  expect_cut_and_healed({{"by", "kernel"}, {"how", "silence"}, {"direction", "from"}}, "");
}

TEST(KernelCut, LeavesTheNeighbouringLinkAlone) {
  in_sandbox([] {
    TestService service(Speaks::tcp);
    const TestLink link(service, false);
    const TestLink neighbour(service, false);
    LinkFaultUnderTest cut(link, "network_cut", {{"by", "kernel"}});
    cut.inject();
    EXPECT_EQ(answer(neighbour.port()), "A");
    EXPECT_FALSE(cut.bit());
  });
}

TEST(KernelCut, NeedsTheKernelForADirection) {
  const TestService service(Speaks::tcp);
  const TestLink link(service, false);
  const auto spec = fault_spec("network_cut", "client-to-server", {{"direction", "to"}});
  EXPECT_FALSE(Registry<FaultKind>::find("network_cut")->make(spec, link.surroundings));
}

// The kernel here may lack what it takes; then the proxy does it, and says so.
std::string slowed_by(const TestLink& link, LinkFaultUnderTest& fault, double least, double most) {
  const std::string words(40 * 1024, 'x');
  std::string evidence;
  fault.inject();
  expect_takes(least, most, [&] {
    PlainClient client(link.port());
    client.send(words);
    EXPECT_EQ(client.read_exactly(words.size()).size(), words.size());
  });
  if (const auto bite = fault.injector->confirm()) evidence = bite->evidence;
  fault.revert();
  fault.revert();
  expect_takes(0, 100, [&] { EXPECT_EQ(answer(link.port()), "A"); });
  return evidence;
}

void expect_kept_by_the_kernel(const nlohmann::json& with, double most) {
  in_sandbox([&] {
    TestService service(Speaks::tcp);
    TestLink link(service, false);
    link.surroundings.in_sandbox = true;
    LinkFaultUnderTest rate(link, "network_rate", with);
    EXPECT_THAT(slowed_by(link, rate, 250, most), ::testing::HasSubstr("slowed by the kernel"));
    EXPECT_EQ(said_by({"nft", "list", "ruleset"}), "");
    EXPECT_EQ(said_by({"tc", "class", "show", "dev", "lo"}), "");
  });
}

TEST(KernelRate, IsKeptAndHealed) {
  expect_kept_by_the_kernel({{"rate", "100KiB"}, {"direction", "responses"}, {"by", "kernel"}},
                            900);
}

TEST(KernelRate, IsKeptBothWays) {
  expect_kept_by_the_kernel({{"rate", "100KiB"}, {"by", "kernel"}}, 2000);
}

TEST(KernelRate, ThatNobodyReachesDoesNotBite) {
  in_sandbox([] {
    TestService service(Speaks::tcp);
    TestLink link(service, false);
    link.surroundings.in_sandbox = true;
    LinkFaultUnderTest rate(link, "network_rate", {{"rate", "1GiB"}, {"by", "kernel"}});
    EXPECT_EQ(slowed_by(link, rate, 0, 100), "");
  });
}

TEST(KernelDelay, IsKeptByWhoeverCan) {
  in_sandbox([] {
    TestService service(Speaks::tcp);
    TestLink link(service, false);
    link.surroundings.in_sandbox = true;
    LinkFaultUnderTest delay(link, "network_delay", {{"delay", "100ms"}, {"by", "kernel"}});
    EXPECT_THAT(slowed_by(link, delay, 200, 900),
                ::testing::ContainsRegex("delayed by the (kernel|proxy, not the kernel: .*netem)"));
  });
}

TEST(KernelRate, IsKeptByTheProxyOutsideASandbox) {
  const TestService service(Speaks::tcp);
  const TestLink link(service, false);
  LinkFaultUnderTest rate(link, "network_rate", {{"rate", "100KiB"}, {"by", "kernel"}});
  EXPECT_THAT(slowed_by(link, rate, 345, 900),
              ::testing::HasSubstr("by the proxy, not the kernel: the drill has no network"));
}

TEST(OwnedTables, AreGoneWithTheirOwnerAndClosedToOthers) {
  in_sandbox([] {
    EXPECT_EQ(said_by({"nft", "list", "ruleset"}), "");
    {
      const auto table = OwnedTable::create("chain c {\ntype filter hook output priority 0;\n}");
      ASSERT_TRUE(table) << why(table);
      EXPECT_NE(said_by({"nft", "list", "ruleset"}).find("flags owner"), std::string::npos);
      (void)said_by({"nft", "flush", "ruleset"});
      EXPECT_NE(said_by({"nft", "list", "ruleset"}).find("chain c"), std::string::npos);
    }
    EXPECT_EQ(said_by({"nft", "list", "ruleset"}), "");
  });
}

TEST(TransparentLink, LeadsAConnectionToTheServicesOwnAddressIntoTheProxy) {
  in_sandbox([] {
    TestService service(Speaks::tcp);
    const auto direct = service.port();
    {
      TestLink link(service.address(), false, /*transparent=*/true);
      EXPECT_EQ(answer(direct), "A");
      LinkFaultUnderTest cut(link, "network_cut");
      cut.inject();
      PlainClient refused(direct);
      refused.read_all();
      EXPECT_TRUE(refused.end() == "refused" || refused.end() == "reset") << refused.end();
      EXPECT_TRUE(comes_true([&] { return cut.bit(); }));
      cut.revert();
      EXPECT_EQ(answer(direct), "A");
    }
    EXPECT_EQ(answer(direct), "A");
  });
}

}  // namespace
}  // namespace reprise
