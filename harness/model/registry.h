// Self-registration: one source file a kind (fault, probe, assertion, report), no central list.
//
// A kind is a plain struct with a `name`. Its .cpp says
//   const Registered<FaultKind> registered{{.name = "http_status", …}};
// Kinds live until the program ends. Threads: written before main, read-only afterwards.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "harness/model/error.h"

namespace reprise {

template <class Kind>
class Registry {
 public:
  // Every kind, by name.
  [[nodiscard]] static std::vector<const Kind*> all() {
    auto kinds = list();
    std::ranges::sort(kinds, {}, [](const Kind* kind) { return std::string_view(kind->name); });
    return kinds;
  }

  // Null when nothing is registered under that name.
  [[nodiscard]] static const Kind* find(std::string_view name) {
    for (const Kind* kind : list()) {
      if (kind->name == name) return kind;
    }
    return nullptr;
  }

  static void add(const Kind& kind) {
    REPRISE_REQUIRE(!find(kind.name));
    list().push_back(&kind);
  }

 private:
  static std::vector<const Kind*>& list() {
    static std::vector<const Kind*> kinds;
    return kinds;
  }
};

template <class Kind>
class Registered {
 public:
  explicit Registered(Kind kind) : kind_(std::move(kind)) { Registry<Kind>::add(kind_); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;

 private:
  Kind kind_;
};

}  // namespace reprise
