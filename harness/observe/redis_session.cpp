#include "harness/observe/redis_session.h"

#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <charconv>
#include <cstring>

#include "harness/model/secrets/escapes.h"

namespace reprise {
namespace {

using nlohmann::json;

constexpr std::string_view scheme = "redis://";

timeval left_until(Instant deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(
      deadline - std::chrono::steady_clock::now());
  // Zero would be for ever.
  const auto micros = std::max<std::int64_t>(left.count(), 1);
  return {static_cast<time_t>(micros / 1'000'000), static_cast<suseconds_t>(micros % 1'000'000)};
}

struct Free {
  void operator()(redisReply* reply) const { ::freeReplyObject(reply); }
};

json value_of(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_INTEGER: return reply.integer;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS: return std::string(reply.str, reply.len);
    case REDIS_REPLY_ARRAY: {
      json list = json::array();
      for (std::size_t i = 0; i < reply.elements; ++i) list.push_back(value_of(*reply.element[i]));
      return list;
    }
    default: return nullptr;
  }
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Result<RedisAddress> RedisAddress::parse(const std::string& url) {
  std::string_view rest = url;
  if (!rest.starts_with(scheme)) return failure("no address of Redis, which begins {}", scheme);
  rest.remove_prefix(scheme.size());
  RedisAddress address;
  if (const auto slash = rest.find('/'); slash != rest.npos) {
    const auto database = rest.substr(slash + 1);
    if (!database.empty() && !read_number(database, address.database)) {
      return failure("the database of Redis is a number, not {}", database);
    }
    rest = rest.substr(0, slash);
  }
  if (const auto at = rest.rfind('@'); at != rest.npos) {
    const auto user = rest.substr(0, at);
    const auto colon = user.find(':');
    address.user = percent_decoded(user.substr(0, colon));
    if (colon != user.npos) address.password = percent_decoded(user.substr(colon + 1));
    rest.remove_prefix(at + 1);
  }
  if (const auto colon = rest.rfind(':'); colon != rest.npos && rest.back() != ']') {
    if (!read_number(rest.substr(colon + 1), address.port)) {
      return failure("{} is no port", rest.substr(colon + 1));
    }
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  if (rest.empty()) return failure("the address of Redis names no host");
  address.host = rest;
  return address;
}

Result<RedisAddress> RedisAddress::of_plan(const Surroundings& surroundings,
                                           const std::string& name) {
  const auto url = surroundings.database(name);
  if (!url) return std::unexpected(url.error());
  auto address = parse(*url);
  if (!address) return failure("database {}: {}", name, address.error().what);
  return address;
}

void RedisSession::Close::operator()(redisContext* context) const { ::redisFree(context); }

RedisSession::RedisSession(std::unique_ptr<redisContext, Close> context)
    : context_(std::move(context)) {}

std::unexpected<Error> RedisSession::trouble() const {
  const redisContext& context = *context_;
  if (context.err == REDIS_ERR_EOF) return failure("reset");
  if (context.err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    return failure("timeout");
  }
  return failure("{}", context.errstr[0] ? context.errstr : "no answer");
}

Result<RedisSession> RedisSession::open(const RedisAddress& address, Instant deadline) {
  std::unique_ptr<redisContext, Close> context(
      ::redisConnectWithTimeout(address.host.c_str(), address.port, left_until(deadline)));
  if (!context) return failure("no memory for a connection to Redis");
  RedisSession session(std::move(context));
  if (session.context_->err != 0) return session.trouble();
  std::vector<std::string> authenticate{"AUTH"};
  if (!address.user.empty()) authenticate.push_back(address.user);
  authenticate.push_back(address.password);
  if (!address.password.empty()) {
    const auto done = session.command(authenticate, deadline);
    if (!done) return std::unexpected(done.error());
  }
  if (address.database != 0) {
    const auto done = session.command({"SELECT", std::to_string(address.database)}, deadline);
    if (!done) return std::unexpected(done.error());
  }
  return session;
}

Result<json> RedisSession::command(const std::vector<std::string>& words, Instant deadline) {
  if (auto sent = send(words); !sent) return std::unexpected(sent.error());
  return answer(deadline);
}

Result<void> RedisSession::send(const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  const int done = ::redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()),
                                            texts.data(), sizes.data());
  if (done != REDIS_OK) return trouble();
  for (int written = 0; written == 0;) {
    if (::redisBufferWrite(context_.get(), &written) != REDIS_OK) return trouble();
  }
  return {};
}

Result<json> RedisSession::answer(Instant deadline) {
  errno = 0;
  ::redisSetTimeout(context_.get(), left_until(deadline));
  void* raw = nullptr;
  if (::redisGetReply(context_.get(), &raw) != REDIS_OK) return trouble();
  const std::unique_ptr<redisReply, Free> reply(static_cast<redisReply*>(raw));
  if (reply->type == REDIS_REPLY_ERROR) return failure("{}", std::string(reply->str, reply->len));
  return value_of(*reply);
}

}  // namespace reprise
