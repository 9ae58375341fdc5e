// What a fault does to the traffic of a link. A fault kind derives one Filter, overrides the hooks
// it needs, and the proxy does the rest.
//
// Several filters on one link act in the order of their installation. A hook decides and returns
// at once; waiting, resetting and passing on are the proxy's work, and a wait ends as soon as its
// filter is removed.
// Ownership: shared by the fault and the proxy. Threads: hooks run on the proxy's thread; victims
// and first_victim may be read from any.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "injectors/proxy/message.h"

namespace reprise::proxy {

enum class Direction { to_service, to_client };

// One direction of one connection, at the client's end of the link.
struct Flow {
  Direction direction;
  std::uint64_t passed = 0;            // bytes so far
  std::vector<std::uint64_t>* hit_by;  // serials of the filters this connection has suffered
};

// What becomes of bytes (or of a connection): pass them, keep them back until the filters change or
// until an instant, reset the connection, or let `bytes` pass first.
enum class Then { pass, hold, wait, reset };
struct Passage {
  Then then = Then::pass;
  std::uint64_t bytes = UINT64_MAX;  // so many pass before `then`; unused for Then::pass
  Instant until = {};                // Then::wait: when to ask again
};

// What becomes of a request.
struct Verdict {
  enum class What { pass, answer, hang } what = What::pass;
  Response answer = {};
};

class Filter : public std::enable_shared_from_this<Filter> {
 public:
  Filter();
  virtual ~Filter() = default;
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  // The listener is closed as long as this filter is installed.
  [[nodiscard]] virtual bool refuses() const { return false; }
  // on_arrival and on_chunk are asked only when this is true.
  [[nodiscard]] virtual bool acts_on_bytes() const { return false; }

  // A client has connected; nothing has been read and the service not been dialled.
  virtual Then on_connect(Flow&) { return Then::pass; }
  // Asked once for every connection that is open when the filter is installed.
  virtual Then on_live(Flow&) { return Then::pass; }
  // A client's attempt to connect was refused.
  virtual void on_refused() {}
  // Bytes have come which would go on at `due`: when shall they? Also asked for those still
  // waiting when the filters change.
  virtual Instant on_arrival(Flow&, Instant due) { return due; }
  // Bytes are about to pass (0: the end of the stream).
  virtual Passage on_chunk(Flow&, std::uint64_t) { return {}; }
  // Asked once a request: as it comes, or before its answer begins when the filter is newer than
  // the request. The first filter that does not pass decides.
  virtual Verdict on_request(Exchange&) { return {}; }
  // Asked once a response, also for one made by another filter; every filter in its turn.
  virtual void on_response(const Exchange&, Response&) {}

  [[nodiscard]] std::uint64_t serial() const { return serial_; }
  [[nodiscard]] std::uint64_t victims() const;
  [[nodiscard]] std::optional<Instant> first_victim() const;

 protected:
  void hit(Instant at = std::chrono::steady_clock::now());
  void hit(Flow& flow);  // counts a connection once

 private:
  const std::uint64_t serial_;  // rises; never used again
  mutable std::mutex mutex_;
  std::uint64_t victims_ = 0;
  std::optional<Instant> first_;
};

}  // namespace reprise::proxy
