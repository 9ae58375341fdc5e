// A fault whose revert fails: the verdict is given all the same, what is left is named, everything
// else is mended, and `reprise undo` finishes the work once it can.
#include <fmt/format.h>
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.h"
#include "tests/support/shop.h"

namespace reprise::testing {
namespace {

using ::testing::HasSubstr;

// `mend N` takes the mark N away, unless a file `jammed` says how it is to fail.
constexpr auto mend = R"sh(#!/bin/sh
cd "$(dirname "$0")"
if [ "$(cat jammed 2>/dev/null)" = "$1" ]; then
  case "$(cat manner)" in
    exit) echo "the mark $1 is stuck"; exit 3 ;;
    signal) kill -9 $$ ;;
    hang) exec sleep 1000 ;;
  esac
fi
rm -f "mark-$1"
)sh";

// Where it fails: at which of three faults, and how.
class FailedUndo : public ::testing::TestWithParam<std::tuple<int, const char*>> {
 protected:
  FailedUndo() {
    write_file(root() / "mend", mend);
    ::chmod((root() / "mend").c_str(), 0755);
    std::string faults;
    for (const char* number : {"1", "2", "3"}) {
      faults += fmt::format(
          "  - {{inject: command, id: fault-{0}, at: {0}00ms, for: 500ms, with: {{inject: [touch, "
          "{1}/mark-{0}], undo: [{1}/mend, '{0}'], within: 2s}}}}\n",
          number, root().string());
    }
    write_file(root() / "shop/plan.yaml", Shop{.every = "100ms", .steady = "300ms"}.plan());
    write_file(root() / "shop/it.yaml",
               "reprise: 1\nscenario: it\nfaults:\n" + faults +
                   "assertions:\n  - throughout: {probe: home, expect: {status: 200}}\n");
  }
  [[nodiscard]] const std::filesystem::path& root() const { return place_.folder(); }
  [[nodiscard]] bool marked(int number) const {
    return std::filesystem::exists(root() / fmt::format("mark-{}", number));
  }
  Workplace place_;
};

TEST_P(FailedUndo, IsNamedAndLeavesTheVerdictAndTheRestAlone) {
  const auto [jammed, manner] = GetParam();
  write_file(root() / "jammed", std::to_string(jammed));
  write_file(root() / "manner", manner);
  const Finished drilled = place_.run({"run", "shop", "--out", "out"});
  EXPECT_EQ(drilled.code, 4) << drilled.out << drilled.err;
  EXPECT_THAT(drilled.out, HasSubstr(fmt::format("fault-{}", jammed)));
  const std::string summary = read_file(root() / "out/summary.json");
  EXPECT_THAT(summary, HasSubstr("\"pass\"")) << "the assertion is judged all the same";
  const std::string report = read_file(root() / "out/report.html");
  for (const int number : {1, 2, 3}) {
    const bool stuck = number == jammed;
    EXPECT_EQ(marked(number), stuck) << number;
    EXPECT_EQ(report.find(fmt::format("fault-{}: the undo", number)) != report.npos, stuck);
  }

  const Finished again = place_.run({"run", "shop", "--out", "again"});
  EXPECT_EQ(again.code, 4) << "residue is not built upon";
  EXPECT_THAT(again.out + again.err, HasSubstr("reprise undo"));
  EXPECT_EQ(place_.run({"undo"}).code, 4) << "it is still jammed";
  EXPECT_TRUE(marked(jammed));

  std::filesystem::remove(root() / "jammed");
  EXPECT_EQ(place_.run({"undo"}).code, 0);
  EXPECT_FALSE(marked(jammed));
  EXPECT_EQ(place_.run({"run", "shop", "--again", "9", "--out", "out"}).code, 0);
}

INSTANTIATE_TEST_SUITE_P(Everywhere, FailedUndo,
                         // Every place, and every manner.
                         ::testing::Values(std::tuple(1, "exit"), std::tuple(2, "signal"),
                                           std::tuple(3, "hang"), std::tuple(1, "hang")),
                         [](const auto& at) {
                           return fmt::format("{}_{}", std::get<1>(at.param),
                                              std::get<0>(at.param));
                         });

}  // namespace
}  // namespace reprise::testing
