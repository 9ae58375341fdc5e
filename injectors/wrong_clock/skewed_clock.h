// The instrument of clock_skew: a library that the service loads and a file that says how wrong the
// date is that it gives.
//
// Both lie in the drill's own folder. A program that does not load libraries (a static one), was
// started with another environment, or asks the kernel itself, keeps the right time; the readings
// that are counted tell.
// Ownership: the files go with the drill's folder. Threads: any.
#pragma once

#include "harness/engine/site/instrument.h"
#include "injectors/wrong_clock/preload/clock_page.h"

namespace reprise {

class SkewedClock final : public Instrument {
 public:
  static Result<std::unique_ptr<Instrument>> install(const std::string& service,
                                                     const Foundation& foundation);

  [[nodiscard]] std::vector<std::string> environment(std::string_view service) const override;
  [[nodiscard]] const std::filesystem::path& page() const { return page_; }

 private:
  SkewedClock(std::string service, std::filesystem::path library, std::filesystem::path page);

  std::string service_;
  std::filesystem::path library_;
  std::filesystem::path page_;
};

// The file as it is seen by whoever maps it.
class MappedClock {
 public:
  // Null when it is gone; an error when it is not one of ours.
  static Result<std::unique_ptr<MappedClock>> open(const std::filesystem::path& path);
  MappedClock(const MappedClock&) = delete;
  MappedClock& operator=(const MappedClock&) = delete;
  ~MappedClock();

  [[nodiscard]] ClockPage& page() const { return *page_; }

 private:
  explicit MappedClock(ClockPage* page) : page_(page) {}
  ClockPage* page_;
};

}  // namespace reprise
