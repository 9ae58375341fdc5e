// What the file faults have in common: find the file, act on its name, put it back.
//
// Ownership: the runner owns the injector; the Surroundings outlive it. Threads: one at a time.
#pragma once

#include <optional>
#include <string>

#include "harness/engine/injector.h"
#include "injectors/moved_files/moved_file.h"
#include "injectors/receipts/seed.h"

namespace reprise {

class FileFault : public Injector {
 public:
  FileFault(const FaultSpec& spec, const Surroundings& surroundings)
      : spec_(spec), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() final;
  Result<void> inject(const nlohmann::json& receipt) final;
  Result<void> revert(const nlohmann::json& receipt) final;
  std::optional<Bite> confirm() final;

 protected:
  // Refuses what cannot work here and adds to the receipt what `act` needs.
  virtual Result<void> plan(const MovedFile& file, nlohmann::json& receipt) = 0;
  virtual Result<void> act(MovedFile& file, const nlohmann::json& receipt) = 0;
  // What is to be seen of the fault from outside; nothing when it made no difference.
  virtual std::optional<std::string> evidence(const MovedFile& file) = 0;
  // From the drill's seed.
  [[nodiscard]] std::uint64_t draw_seed() const { return seed_of(spec_, surroundings_); }

 private:
  FaultSpec spec_;
  const Surroundings& surroundings_;
  std::optional<MovedFile> acted_on_;
  Instant acted_at_{};
};

}  // namespace reprise
