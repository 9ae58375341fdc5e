// One HTTP request over a fresh connection, and its answer.
//
// Beast stays in the .cpp. Ownership: plain values. Threads: the engine thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include "harness/engine/site/surroundings.h"
#include "harness/model/expectations/expectation.h"
#include "harness/model/shapes/shape.h"
#include "harness/observe/address.h"

namespace reprise {

struct HttpRequest {
  HttpUrl url;
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::size_t most_answer = 8 << 20;  // bytes of the answer's body; what follows is not read

  void drop_header(std::string_view name);  // whatever its case
};

struct HttpAnswer {
  std::optional<Observation> failure;  // no answer, or only the beginning of one
  unsigned status = 0;                 // 0: not even its head came
  std::vector<std::pair<std::string, std::string>> headers;  // as they came
  std::string body;
  bool more = false;  // the body is longer than what was read; status 0: the head is

  // All of that name, whatever its case, as one; empty when there is none.
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] bool has_header(std::string_view name) const;
};

// `url`, `method`, `headers` and `body` of a kind that makes requests.
[[nodiscard]] std::vector<Shape::Field> http_request_options();
// From such options, references filled in.
[[nodiscard]] Result<HttpRequest> http_request(const nlohmann::json& options,
                                               const Surroundings& surroundings);

// Informational answers (1xx) are read past, up to a hundred of them; 101 is final.
boost::asio::awaitable<HttpAnswer> http_exchange(boost::asio::any_io_executor executor,
                                                 HttpRequest request, Instant deadline);

}  // namespace reprise
