// Every registered assertion kind: its own example fits its own shape.
#include <gtest/gtest.h>

#include "harness/judge/judge.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

TEST(AssertionKinds, AreAllThere) {
  std::vector<std::string> names;
  for (const AssertionKind* kind : Registry<AssertionKind>::all()) names.push_back(kind->name);
  const std::vector<std::string> expected{
      "backup",  "consistent", "fallback", "file",    "log", "never",     "no-duplicates",
      "no-loss", "procedure",  "recovery", "restore", "rpo", "throughout"};
  EXPECT_EQ(names, expected);
}

TEST(AssertionKinds, HaveExamplesThatFitTheirShapes) {
  for (const AssertionKind* kind : Registry<AssertionKind>::all()) {
    ASSERT_TRUE(kind->example.contains(kind->name)) << kind->name;
    const Errors errors = kind->options.check(kind->example.at(kind->name));
    for (const Error& error : errors) ADD_FAILURE() << kind->name << ": " << error.text();
    EXPECT_FALSE(kind->summary.empty());
  }
}

TEST(AssertionKinds, RefuseOptionsTheyDoNotKnow) {
  for (const AssertionKind* kind : Registry<AssertionKind>::all()) {
    auto options = kind->example.at(kind->name);
    options["wihtin"] = "1s";
    EXPECT_FALSE(kind->options.check(options).empty()) << kind->name;
  }
}

}  // namespace
}  // namespace reprise
