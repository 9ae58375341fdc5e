// Which requests a fault acts on: `match`, `share`, `first`, `every-nth`, the same for every HTTP
// fault.
//
// Ownership: belongs to its filter. Threads: the proxy's thread only.
#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/model/shapes/shape.h"
#include "injectors/proxy/message.h"

namespace reprise::proxy {

class Match {
 public:
  // `with` fits request_options(); the seed decides who belongs to the share.
  Match(const nlohmann::json& with, std::uint64_t seed);
  // Why it would take no request at all, if so.
  [[nodiscard]] static Result<void> check(const nlohmann::json& with);
  // To be asked once a request, since it counts.
  [[nodiscard]] bool takes(const Head& request);

 private:
  std::string method_, path_;
  bool prefix_ = false;
  struct Wanted {
    std::string name;
    std::optional<std::string> value;  // none: it must only be there
  };
  std::vector<Wanted> headers_;
  double share_ = 1;
  std::optional<std::uint64_t> first_;
  std::uint64_t every_nth_ = 1;
  std::uint64_t seen_ = 0, taken_ = 0;
  std::mt19937_64 random_;
};

// The options that Match reads, behind a fault's own.
[[nodiscard]] std::vector<Shape::Field> with_request_options(std::vector<Shape::Field> own);

}  // namespace reprise::proxy
