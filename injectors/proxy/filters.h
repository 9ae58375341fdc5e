// The filters installed on one proxy, in order, and the questions asked of all of them.
//
// Ownership: one per proxy. Threads: the proxy's thread only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "injectors/proxy/filter.h"

namespace reprise::proxy {

class Filters {
 public:
  // False when that very filter is there already; another one under the same id is replaced.
  bool install(const std::string& id, std::shared_ptr<Filter> filter);
  bool remove(const std::string& id);

  [[nodiscard]] bool refuse() const;
  [[nodiscard]] bool act_on_bytes() const;
  [[nodiscard]] bool has(std::uint64_t serial) const;
  // Rises with every change.
  [[nodiscard]] std::uint64_t version() const { return version_; }

  Then on_connect(Flow& flow) const;
  void on_refused() const;
  [[nodiscard]] Instant on_arrival(Flow& flow, Instant arrived) const;
  // Never more than `bytes`.
  [[nodiscard]] Passage on_chunk(Flow& flow, std::uint64_t bytes) const;
  struct Decision {
    Verdict verdict;
    std::uint64_t by = 0;  // serial
  };
  // These two ask the filters that were installed after version `after`.
  Decision on_request(Exchange& exchange, std::uint64_t after) const;
  void on_response(const Exchange& exchange, Response& response, std::uint64_t after) const;
  // What is left of a response's delays.
  [[nodiscard]] Duration delay(const Response& response) const;

 private:
  struct Installed {
    std::string id;
    std::shared_ptr<Filter> filter;
    std::uint64_t version;  // the first that had it
  };
  std::vector<Installed> installed_;
  std::uint64_t version_ = 0;
};

}  // namespace reprise::proxy
