#include "injectors/proxy/lateness.h"

namespace reprise::proxy {

Result<Lateness> Lateness::read(const nlohmann::json& with, std::uint64_t seed) {
  const auto delay = parse_duration(with.at("delay").get<std::string>());
  if (!delay) return std::unexpected(delay.error());
  const auto jitter = parse_duration(with.value("jitter", "0s"));
  if (!jitter) return std::unexpected(jitter.error());
  if (*delay == Duration{} && *jitter == Duration{}) {
    return failure("a `delay` of 0s without `jitter` makes nothing late");
  }
  return Lateness(*delay, *jitter, seed);
}

Duration Lateness::draw() {
  std::uniform_int_distribution<Duration::rep> around(-jitter_.count(), jitter_.count());
  return std::max(Duration{}, delay_ + Duration(around(random_)));
}

}  // namespace reprise::proxy
