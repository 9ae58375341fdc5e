// Can one connect, and does the other side say what it should?
#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "harness/model/registry.h"
#include "harness/observe/address.h"
#include "harness/observe/answer.h"
#include "harness/observe/keeper.h"
#include "harness/observe/probe.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t most_received = max_searched_bytes;

// Shared with the timer that closes the socket at the deadline.
struct Conversation {
  explicit Conversation(const asio::any_io_executor& executor)
      : socket(executor), timer(executor) {}
  tcp::socket socket;
  asio::steady_timer timer;
  bool late = false;
  std::string received;
};

class TcpProbe final : public Probe {
 public:
  TcpProbe(const ProbeSpec& spec, const ProbeContext& context, Keeper kept)
      : options_(spec.options), context_(context), kept_(std::move(kept)) {}

  asio::awaitable<Observation> sample(Instant deadline) override;

 private:
  asio::awaitable<Observation> talk(Conversation& with, Address address, Instant deadline) const;
  asio::awaitable<Observation> receive(Conversation& with, std::string wanted) const;

  nlohmann::json options_;
  ProbeContext context_;
  Keeper kept_;
};

asio::awaitable<Observation> TcpProbe::sample(Instant deadline) {
  const auto text = context_.surroundings.resolve(options_.at("address").get<std::string>());
  if (!text) co_return not_answered("error", text.error().text());
  const auto address = parse_address(*text);
  if (!address) co_return not_answered("error", address.error().text());

  const auto with = std::make_shared<Conversation>(context_.executor);
  with->timer.expires_at(deadline);
  with->timer.async_wait([weak = std::weak_ptr(with)](const boost::system::error_code& error) {
    const auto conversation = weak.lock();
    if (error || !conversation) return;
    conversation->late = true;
    boost::system::error_code ignored;
    conversation->socket.close(ignored);
  });
  auto seen = co_await talk(*with, *address, deadline);
  with->timer.cancel();
  if (with->late) seen = not_answered("timeout");
  const std::string& received = with->received;
  const bool broken_off = seen.outcome != "answered" && !received.empty();
  if (!received.empty()) kept_.text("text", received, seen, broken_off);
  if (broken_off) seen.values["partial"] = true;
  co_return seen;
}

asio::awaitable<Observation> TcpProbe::talk(Conversation& with, Address address,
                                            Instant deadline) const {
  const auto where = co_await look_up(address, deadline);
  boost::system::error_code error = where.error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  if (!error) co_await asio::async_connect(with.socket, where.endpoints, token);
  if (!error && options_.contains("send")) {
    const auto words = context_.surroundings.resolve(options_.at("send").get<std::string>());
    if (!words) co_return not_answered("error", words.error().text());
    const auto bytes = asio::buffer(*words);
    co_await asio::async_write(with.socket, bytes, token);
  }
  if (error) co_return not_answered(error);
  if (!options_.contains("receive")) co_return Observation{};
  const auto wanted = context_.surroundings.resolve(options_.at("receive").get<std::string>());
  if (!wanted) co_return not_answered("error", wanted.error().text());
  co_return co_await receive(with, *wanted);
}

asio::awaitable<Observation> TcpProbe::receive(Conversation& with, std::string wanted) const {
  std::string& received = with.received;
  std::array<char, 4096> block{};
  std::size_t searched = 0;
  while (received.find(wanted, searched) == received.npos) {
    if (received.size() > most_received) {
      co_return not_answered("error", "8 MiB received without the expected text");
    }
    searched = received.size() - std::min(received.size(), wanted.size());
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto room = asio::buffer(block);
    const auto count = co_await with.socket.async_read_some(room, token);
    received.append(block.data(), count);
    if (error) co_return not_answered(error);
  }
  co_return Observation{};
}

const Registered<ProbeKind> tcp_registered{ProbeKind{
    {{.name = "tcp",
      .summary = "Connects, says something if asked to, and waits for a text; sees text",
      .options = Shape::object({
          {"address", Shape::text(), required, "host:port."},
          {"send", Shape::text(), {}, "A text to send once connected."},
          {"receive", Shape::text(), {}, "A text to wait for; default: the connection is enough."},
      }),
      .example = {{"address", "${services.database.address}"}}},
     std::chrono::milliseconds(1),
     {seen::only_with("receive", seen::in_part(seen::holds("receive", seen::text("text"))))}},
    [](const ProbeSpec& spec, const ProbeContext& context) -> Result<std::unique_ptr<Probe>> {
      const auto address = could_be_address(spec.options.at("address").get<std::string>());
      if (!address) return failure("probe {}: {}", spec.name, address.error().what);
      auto kept = Keeper::of(spec);
      if (!kept) return std::unexpected(kept.error());
      return std::make_unique<TcpProbe>(spec, context, std::move(*kept));
    }}};

}  // namespace
}  // namespace reprise
