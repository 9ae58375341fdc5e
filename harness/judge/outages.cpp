#include "harness/judge/outages.h"

#include <algorithm>
#include <numeric>

namespace reprise {
namespace {

// So many unknown samples are filled in every way; more of them support no pass anyway.
constexpr std::size_t most_enumerated = 12;
// What enumerating may cost, in samples looked at.
constexpr std::size_t most_work = 40'000'000;
constexpr std::size_t mask_bits = 64;

// The samples [first, end) are good and the one at `end`, if there is one, is bad.
struct GoodRun {
  std::size_t first, end;
};

class Former {
 public:
  Former(const std::vector<FilledSample>& told, Duration sustained, Duration every,
         const std::vector<Window>& calls)
      : told_(told), calls_(calls), sustained_(sustained), every_(every) {}

  std::vector<Outage> form() {
    for (std::size_t i = 0; i < told_.size();) {
      if (told_[i].bad) {
        add_bad(i++);
        continue;
      }
      GoodRun run{i, i};
      while (run.end < told_.size() && !told_[run.end].bad) ++run.end;
      end_by(run);
      i = run.end;
    }
    if (open_) out_.push_back(*open_);
    return std::move(out_);
  }

 private:
  void add_bad(std::size_t i) {
    const FilledSample& bad = told_[i];
    if (!open_) {
      open_.emplace();
      open_->first_bad = i;
      if (i > 0) open_->before = i - 1;
      open_->begun_by = bad.finished;
      open_->bad_until = bad.until;
    }
    open_->last_bad = i;
    open_->begun_by = std::min(open_->begun_by, bad.finished);
    open_->bad_until = std::max(open_->bad_until, bad.until);
    open_->tail.reset();
  }

  // Whether the run was good from its sample z on until f_z + W and beyond.
  [[nodiscard]] bool sustained_from(std::size_t z, const GoodRun& run) const {
    const Duration needed = told_[z].finished + sustained_;
    if (run.end < told_.size()) return told_[run.end].intended > needed;
    return seen_until(needed, told_.back().intended, every_);
  }

  // One that was under way at a call may have been good before the outage began.
  [[nodiscard]] bool shows_a_return(const FilledSample& good) const {
    if (good.intended >= open_->begun_by) return true;
    return std::ranges::none_of(calls_, [&](const Window& call) {
      return good.intended < call.to && good.finished > call.from;
    });
  }

  void end_by(const GoodRun& run) {
    if (!open_) return;
    for (std::size_t z = run.first; z < run.end; ++z) {
      if (!sustained_from(z, run) || !shows_a_return(told_[z])) continue;
      open_->back = z;
      // What ended had begun, however late the last of its bad answers came.
      open_->begun_by = std::min(open_->begun_by, told_[z].finished);
      out_.push_back(*open_);
      open_.reset();
      return;
    }
    open_->tail = run.first;
  }

  const std::vector<FilledSample>& told_;
  const std::vector<Window>& calls_;
  Duration sustained_, every_;
  std::vector<Outage> out_;
  std::optional<Outage> open_;
};

// Good or bad as one, block by block: neighbours that nobody saw.
std::vector<std::uint64_t> blocks_of_unknown(const std::vector<Point>& points) {
  std::vector<std::uint64_t> out;
  std::size_t bit = 0;
  bool inside = false;
  for (const Point& point : points) {
    if (point.sight != Truth::unknown) {
      inside = false;
      continue;
    }
    if (!inside) out.push_back(0);
    inside = true;
    out.back() |= std::uint64_t{1} << std::min(bit++, mask_bits - 1);
  }
  return out;
}

}  // namespace

std::vector<Outage> outages(const std::vector<FilledSample>& told, Duration sustained,
                            Duration every, const std::vector<Window>& calls) {
  return Former(told, sustained, every, calls).form();
}

bool seen_until(Duration instant, Duration newest, Duration every) {
  return newest >= instant || newest + every > instant;
}

std::optional<Duration> well_before(Duration bad, const std::vector<FilledSample>& told,
                                    Duration sustained) {
  const auto end = std::ranges::lower_bound(told, bad, {}, &FilledSample::intended) - told.begin();
  for (auto i = static_cast<std::size_t>(end); i-- > 0;) {
    if (told[i].bad) {
      bad = told[i].intended;
    } else if (told[i].finished + sustained < bad) {
      return told[i].intended;
    }
  }
  return std::nullopt;
}

std::vector<FilledSample> filled(const std::vector<Point>& points, const Filling& filling) {
  std::vector<FilledSample> out;
  out.reserve(points.size());
  std::size_t bit = 0;
  for (const Point& point : points) {
    bool is_bad = point.sight == Truth::fails;
    // Beyond the last bit all share it.
    if (point.sight == Truth::unknown) {
      is_bad = (filling.bad >> std::min(bit++, mask_bits - 1) & 1U) != 0;
    }
    const bool at_once = !point.sample && !filling.late;
    const Duration answered = at_once ? point.intended : point.finished;
    out.push_back({point.intended, answered, is_bad, point.sample, point.finished});
  }
  return out;
}

Fillings fillings(const std::vector<Point>& points) {
  const std::size_t unknown = count(points, Truth::unknown);
  if (unknown == 0) return {{Filling{}}, true};
  std::vector<std::uint64_t> masks;
  Fillings out;
  out.all = unknown <= most_enumerated && (points.size() << unknown) <= most_work;
  if (out.all) {
    masks.resize(std::size_t{1} << unknown);
    std::iota(masks.begin(), masks.end(), std::uint64_t{0});
  } else {
    masks = {0, ~std::uint64_t{0}};
    const auto blocks = blocks_of_unknown(points);
    for (std::size_t i = 0; i < std::min<std::size_t>(blocks.size(), most_enumerated); ++i) {
      masks.push_back(blocks[i]);
      masks.push_back(~blocks[i]);
    }
  }
  for (const std::uint64_t mask : masks) {
    out.each.push_back({mask, false});
    out.each.push_back({mask, true});
  }
  return out;
}

}  // namespace reprise
