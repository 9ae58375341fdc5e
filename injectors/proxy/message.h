// HTTP messages as filters see them: heads parsed, bodies streamed past.
//
// Ownership: plain values. Threads: the proxy's thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/time.h"

namespace reprise::proxy {

// A start line and the fields in their order. `changed` makes the proxy write it anew; else the
// very bytes that came are passed on.
struct Head {
  std::string method, target;  // of a request
  int status = 0;              // of a response
  std::string reason;
  int version = 11;
  std::vector<std::pair<std::string, std::string>> fields;
  bool changed = false;

  // Null when there is none; names are compared without regard to case.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  void set(std::string_view name, std::string value);  // in place of every field of that name
  void add(std::string_view name, std::string value);
  void remove(std::string_view name);
  [[nodiscard]] std::string text() const;  // as it goes over the wire, with the empty line
};

// A request on its way, or answered by us.
struct Exchange {
  Head request;
  Instant arrived;
};

// What is about to go to the client.
struct Response {
  Head head;
  bool local = false;                  // made here; the service never saw the request
  std::optional<std::string> body;     // in place of the service's
  std::optional<std::uint64_t> limit;  // only so many bytes of the body pass…
  bool cut = false;                    // …and then the connection ends, its length unkept
  struct Delay {
    std::uint64_t filter;  // Filter::serial; the delay ends when that filter goes
    Duration duration;
  };
  std::vector<Delay> delays;  // added up
  // What to call once the client's body turns out to be another than the service's.
  std::vector<std::function<void()>> when_changed;
  void tell_changed();  // each of them, once
};

[[nodiscard]] bool same_name(std::string_view left, std::string_view right);

}  // namespace reprise::proxy
