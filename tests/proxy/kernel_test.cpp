// Cuts and redirections done by the kernel, in a sandbox, and what is left of them: nothing.
#include "tests/proxy/link_test.h"
#include "tests/support/in_sandbox.h"

#include <sstream>

#include "injectors/nftables.h"
#include "injectors/run_command.h"

namespace reprise {
namespace {

using Speaks = TestService::Speaks;

std::string answer(std::uint16_t port) {
  PlainClient client(port);
  client.send("a");
  return client.read_exactly(1);
}

// What nft itself says.
std::string nft(const std::string& command) {
  std::vector<std::string> words{"nft"};
  std::istringstream rest(command);
  for (std::string word; rest >> word;) words.push_back(word);
  const auto outcome = run_command(words, "/", {}, 5s);
  return outcome ? outcome->output : outcome.error().text();
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

TEST(OwnedTables, AreGoneWithTheirOwnerAndClosedToOthers) {
  in_sandbox([] {
    EXPECT_EQ(nft("list ruleset"), "");
    {
      const auto table = OwnedTable::create("chain c {\ntype filter hook output priority 0;\n}");
      ASSERT_TRUE(table) << why(table);
      EXPECT_NE(nft("list ruleset").find("flags owner"), std::string::npos);
      (void)nft("flush ruleset");
      EXPECT_NE(nft("list ruleset").find("chain c"), std::string::npos);
    }
    EXPECT_EQ(nft("list ruleset"), "");
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
