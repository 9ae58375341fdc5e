// Samples of one probe, classed and gathered into stretches of equal outcome.
//
// Ownership: values. Threads: any.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/record.h"

namespace reprise {

// What a sample's level is, or that nobody can tell: limits of our own hid what it saw. By gravity,
// so that of several together the worst is shown.
enum class Class : char { nominal, degraded, unknown, down };
inline constexpr std::size_t classes = 4;
[[nodiscard]] Class class_of(const std::optional<Level>& level);
[[nodiscard]] std::string_view class_name(Class shown);  // for style sheets and programs
[[nodiscard]] std::string class_word(Class shown, const std::string& language);

// The class of every sample, in the order of the samples.
[[nodiscard]] std::vector<Class> classes_seen(const Record& record, const ProbeRecord& probe);

// "answered 200, cache": outcome, status, and the source that served it.
[[nodiscard]] std::string saw(const Observation& seen);
// The source that served it; empty when the probe does not tell or nobody answered.
[[nodiscard]] std::string source_of(const Observation& seen);

struct Stretch {
  std::size_t first = 0, last = 0;             // indices of samples
  Class worst = Class::nominal;                // in it
  std::array<std::size_t, classes> counted{};  // one of them unless stretches were joined
  std::string seen;                            // of the first sample; several joined by ", "
  Duration slowest{};
};

// Neighbours that saw the same become one. More than `at_most` stretches are joined into groups,
// so that a table stays readable while its counts stay exact.
[[nodiscard]] std::vector<Stretch> stretches(const ProbeRecord& probe,
                                             const std::vector<Class>& seen, std::size_t at_most);

}  // namespace reprise
