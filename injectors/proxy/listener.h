// A listening socket that can refuse connections without giving its port away.
//
// While it refuses, the socket stays bound but does not listen, so the kernel answers a SYN with
// RST and nobody else gets the port. The kernel tells nobody about those SYNs: a raw socket does,
// where one is allowed (root, or inside the drill's own network namespace).
// Ownership: belongs to its proxy. Threads: the proxy's only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "harness/model/error.h"

namespace reprise::proxy {

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  static Result<std::shared_ptr<Listener>> open(boost::asio::io_context& context,
                                                const std::string& host, std::uint16_t port);

  [[nodiscard]] boost::asio::ip::tcp::acceptor& acceptor() { return acceptor_; }
  [[nodiscard]] std::uint16_t port() const { return endpoint_.port(); }

  // False when refused attempts could not be witnessed: then it goes on listening, and the caller
  // resets whoever connects. `attempt` is called for every connection refused.
  bool refuse(std::function<void()> attempt);
  Result<void> listen();

 private:
  Listener(boost::asio::io_context& context, boost::asio::ip::tcp::acceptor acceptor);
  void witness(std::function<void()> attempt);
  void read_attempts(const std::function<void()>& attempt);

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ip::tcp::endpoint endpoint_;
  boost::asio::posix::stream_descriptor attempts_;
  bool refusing_ = false;
};

}  // namespace reprise::proxy
