// What faults need beneath the system is installed before it is started, and the services get it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/injector.h"
#include "harness/engine/site/disk.h"
#include "harness/engine/site/site.h"
#include "harness/model/registry.h"
#include "tests/support/in_sandbox.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Floor final : Instrument {
  explicit Floor(std::string into) : service(std::move(into)) {}
  [[nodiscard]] std::vector<std::string> environment(std::string_view asking) const override {
    if (asking != service) return {};
    return {"FLOOR=" + service};
  }
  std::string service;
};

Result<std::unique_ptr<Instrument>> install(const std::string& into, const Foundation& foundation) {
  if (into == "unfit") {
    return std::unexpected(Error{"it has no floor", "install one", {}});
  }
  EXPECT_TRUE(std::filesystem::is_directory(foundation.folder));
  EXPECT_NE(foundation.folder, foundation.surroundings.folder());
  return std::make_unique<Floor>(into);
}

const Registered<FaultKind> kind{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "floor", .summary = "Nothing.", .options = Shape::object({}), .example = {}},
        Nature::condition, Target::service},
    [](const FaultSpec&, const Surroundings&) -> Result<std::unique_ptr<Injector>> {
      return failure("it is only installed");
    },
    install}};

struct Foundations : ::testing::Test {
  void SetUp() override {
    for (const char* name : {"server", "other", "unfit", "far"}) plan.services[name].name = name;
    plan.services["far"].external = true;
    plan.services["far"].address = "127.0.0.1:9";
  }
  Result<std::unique_ptr<Site>> prepare(const std::vector<std::string>& targets) {
    std::vector<FaultSpec> faults;
    for (const auto& target : targets) {
      auto& fault = faults.emplace_back();
      fault.kind = "floor";
      fault.into = target;
      fault.where = {"scenario.yaml", 3, 5};
    }
    return Site::prepare(plan, folder.path() / "drill", "drill", clock, false, faults);
  }
  TemporaryFolder folder;
  Plan plan;
  SteadyClock clock;
};

TEST_F(Foundations, AreLaidOnceForATargetAndForNobodyElse) {
  const auto site = prepare({"server", "server"});
  ASSERT_TRUE(site) << site.error().text();
  EXPECT_NE((*site)->instrument("floor", "server"), nullptr);
  EXPECT_EQ((*site)->instrument("floor", "other"), nullptr);
  EXPECT_THAT((*site)->instrument_environment("server"), ElementsAre("FLOOR=server"));
  EXPECT_THAT((*site)->instrument_environment("other"), IsEmpty());
}

TEST_F(Foundations, ThatNoFaultAsksForAreNotLaid) {
  const auto site = prepare({});
  ASSERT_TRUE(site);
  EXPECT_EQ((*site)->instrument("floor", "server"), nullptr);
}

TEST_F(Foundations, ThatCannotBeLaidKeepTheDrillFromBeginning) {
  const auto site = prepare({"server", "unfit"});
  ASSERT_FALSE(site);
  EXPECT_EQ(site.error().text(),
            "scenario.yaml:3:5: floor into unfit: it has no floor (install one)");
}

TEST_F(Foundations, CannotBeLaidUnderAnExternalService) {
  const auto site = prepare({"far"});
  ASSERT_FALSE(site);
  EXPECT_THAT(site.error().text(), HasSubstr("does not start an external one"));
}

TEST_F(Foundations, DoNotReplaceWhatThePlanGivesAService) {
  plan.services["server"].env["FLOOR"] = "mine";
  EXPECT_TRUE(prepare({"other"}));
  const auto site = prepare({"server"});
  ASSERT_FALSE(site);
  EXPECT_THAT(site.error().text(), HasSubstr("service server sets FLOOR"));
}

}  // namespace
}  // namespace reprise
