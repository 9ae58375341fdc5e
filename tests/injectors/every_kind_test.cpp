// What every fault kind owes its users, whatever it breaks.
#include <filesystem>
#include <regex>

#include <gtest/gtest.h>

#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

class EveryFaultKind : public testing::TestWithParam<const FaultKind*> {
 protected:
  static nlohmann::json options_of_example() {
    return GetParam()->example.value("with", nlohmann::json::object());
  }
  static FaultSpec example() {
    return fault_spec(GetParam()->name, GetParam()->example.value("into", ""),
                      options_of_example());
  }
  TemporaryFolder folder_;
};

TEST_P(EveryFaultKind, HasANameThatIsItsFile) {
  const std::string& name = GetParam()->name;
  EXPECT_TRUE(std::regex_match(name, std::regex("[a-z][a-z0-9]*(_[a-z0-9]+)*"))) << name;
  const auto file = std::filesystem::path(REPRISE_SOURCE_DIR) / "injectors" / (name + ".cpp");
  EXPECT_TRUE(std::filesystem::exists(file)) << file;
}

TEST_P(EveryFaultKind, SaysWhatItDoes) {
  EXPECT_FALSE(GetParam()->summary.empty());
  for (const Shape::Field& field : GetParam()->options.fields()) {
    EXPECT_FALSE(field.doc.empty()) << field.name;
  }
}

TEST_P(EveryFaultKind, HasAnExampleThatFitsItsOptions) {
  EXPECT_EQ(GetParam()->example.value("inject", ""), GetParam()->name);
  for (const Error& error : GetParam()->options.check(options_of_example())) {
    ADD_FAILURE() << error.text();
  }
  const bool aimed = !GetParam()->example.value("into", "").empty();
  EXPECT_EQ(aimed, GetParam()->target != Target::none);
}

TEST_P(EveryFaultKind, RefusesATargetThatIsNotThere) {
  if (GetParam()->target == Target::none) GTEST_SKIP() << "has no target";
  FixedSurroundings surroundings;
  surroundings.root = folder_.path();
  const auto made = GetParam()->make(example(), surroundings);
  if (!made) {
    EXPECT_FALSE(made.error().what.empty());
    return;
  }
  const auto receipt = (*made)->prepare();
  ASSERT_FALSE(receipt) << receipt->dump();
  EXPECT_FALSE(receipt.error().what.empty());
  EXPECT_FALSE((*made)->confirm());
}

TEST_P(EveryFaultKind, BearsReceiptsThatAreNone) {
  FixedSurroundings surroundings;
  surroundings.root = folder_.path();
  const auto made = GetParam()->make(example(), surroundings);
  if (!made) return;
  const nlohmann::json nested{{"path", 1},        {"folder", {1}}, {"processes", "x"},
                              {"stood_still", 3}, {"address", 4},  {"undo", 5},
                              {"within", "x"},    {"handle", {}}};
  for (const nlohmann::json& receipt :
       {nlohmann::json::object(), nlohmann::json(), nlohmann::json::array(), nlohmann::json("text"),
        nlohmann::json(5), nested}) {
    // Success or an error, both are an answer; a crash or an exception is not.
    EXPECT_NO_THROW({
      const auto reverted = (*made)->revert(receipt);
      EXPECT_TRUE(reverted || !reverted.error().what.empty());
    }) << receipt.dump();
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryFaultKind, testing::ValuesIn(Registry<FaultKind>::all()),
                         [](const auto& about) { return about.param->name; });

}  // namespace
}  // namespace reprise
