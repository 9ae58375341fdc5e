// One drill drawn at random: a plan, a scenario and what the scripted service does in it.
//
// Ownership: plain values. Threads: pure functions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <random>

#include <nlohmann/json.hpp>

namespace reprise::real {

// The same draws for the same seed, with every library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  // From `low` to `high`, both included.
  std::int64_t whole(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(int percent) { return whole(1, 100) <= percent; }
  template <typename T>
  T one_of(std::initializer_list<T> choices) {
    return *(choices.begin() + whole(0, static_cast<std::int64_t>(choices.size()) - 1));
  }

 private:
  std::mt19937_64 random_;
};

// What all parts of a drill have to agree on; times in milliseconds.
struct Drawn {
  std::uint64_t seed = 0;
  std::int64_t every = 0;      // of the probes
  std::int64_t timeout = 0;    // of the probes
  std::int64_t sustained = 0;  // 0: the default, 20 intervals
  bool by_status = false;      // how the service tells its levels
  bool slow_answers = false;   // some are slower than the probe's interval
  nlohmann::json plan, scenario, script;

  [[nodiscard]] std::int64_t sustained_ms() const { return sustained ? sustained : 20 * every; }
};

[[nodiscard]] Drawn draw(std::uint64_t seed);

// The folder `FOLDER/real` with the plan, the scenario and the system.
void write_drill(const Drawn& drawn, const std::filesystem::path& folder);

// Parts of the draw.
[[nodiscard]] nlohmann::json draw_faults(Dice& dice, Drawn& drawn);
[[nodiscard]] nlohmann::json draw_assertions(Dice& dice, const Drawn& drawn,
                                             const nlohmann::json& faults);
// A condition without `for`.
[[nodiscard]] bool lasts_to_the_end(const nlohmann::json& fault);
[[nodiscard]] std::string ms(std::int64_t milliseconds);

}  // namespace reprise::real
