#include "harness/judge/statistics.h"

#include <algorithm>
#include <cmath>

#include "harness/model/error.h"

namespace reprise {
namespace {

// P(X <= k) for X binomial with n >= k trials of probability 0 < p < 1, summed in logarithms.
double binomial_below(std::size_t k, std::size_t n, double p) {
  const auto trials = static_cast<double>(n);
  double sum = 0;
  for (std::size_t i = 0; i <= k; ++i) {
    const auto hits = static_cast<double>(i);
    sum +=
        std::exp(std::lgamma(trials + 1) - std::lgamma(hits + 1) - std::lgamma(trials - hits + 1) +
                 hits * std::log(p) + (trials - hits) * std::log1p(-p));
  }
  return sum;
}

// The p at which P(X <= k) falls to `tail`; it falls as p grows.
double rate_with_tail(std::size_t k, std::size_t n, double tail) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (binomial_below(k, n, middle) > tail ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

Duration percentile(std::vector<Duration> values, double share) {
  REPRISE_REQUIRE(share > 0 && share <= 1);
  if (values.empty()) return Duration::zero();
  // A hair less, so that 0.99 * 100 is rank 99 whatever the last bit of the product.
  const double rank = std::ceil(share * static_cast<double>(values.size()) - 1e-9);
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

double miss_rate_bound(std::size_t misses, std::size_t drills, double confidence) {
  if (misses >= drills) return 1;  // also without any drill
  if (misses == 0) return 1 - std::pow(1 - confidence, 1 / static_cast<double>(drills));
  return rate_with_tail(misses, drills, 1 - confidence);
}

Bounds pass_rate(std::size_t passes, std::size_t drills, double confidence) {
  REPRISE_REQUIRE(passes <= drills);
  const double one_sided = 1 - (1 - confidence) / 2;
  return {1 - miss_rate_bound(drills - passes, drills, one_sided),
          miss_rate_bound(passes, drills, one_sided)};
}

std::size_t drills_for_bound(double share, double confidence) {
  return static_cast<std::size_t>(std::ceil(std::log(1 - confidence) / std::log(share) - 1e-9));
}

std::optional<Duration> tolerance_bound(std::vector<Duration> measured, double share,
                                        double confidence) {
  const std::size_t drills = measured.size();
  if (drills < drills_for_bound(share, confidence)) return std::nullopt;
  // The r-th largest bounds it when fewer than r values beyond the quantile are improbable.
  std::size_t above = 0;
  while (above + 1 < drills && binomial_below(above + 1, drills, 1 - share) <= 1 - confidence) {
    ++above;
  }
  std::ranges::sort(measured, std::ranges::greater());
  return measured[above];
}

}  // namespace reprise
