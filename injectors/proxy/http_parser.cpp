#include "injectors/proxy/http_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "injectors/proxy/stream.h"

namespace reprise::proxy {
namespace {

namespace http = boost::beast::http;
using Text = boost::beast::string_view;

std::string_view view(Text text) { return {text.data(), text.size()}; }

}  // namespace

class HttpParser::Part {
 public:
  virtual ~Part() = default;
  virtual std::size_t put(std::string_view bytes, error_code& error) = 0;
  virtual bool put_end() = 0;
  [[nodiscard]] virtual bool has_head() const = 0;
  [[nodiscard]] virtual bool done() const = 0;
  [[nodiscard]] virtual bool chunked() const = 0;
  [[nodiscard]] virtual bool keep_alive() const = 0;
  Head head;
  std::vector<std::string_view> payload;
};

template <bool is_request>
class HttpParser::Parser final : public Part, private http::basic_parser<is_request> {
  using Base = http::basic_parser<is_request>;

 public:
  explicit Parser(bool no_body) {
    Base::header_limit(buffer_limit);
    Base::body_limit(boost::none);
    Base::skip(no_body);
  }

  std::size_t put(std::string_view bytes, error_code& error) override {
    payload.clear();
    // The head alone first: what becomes of the body is decided in between.
    Base::eager(Base::is_header_done());
    const auto used = Base::put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error == http::error::need_more) error = {};
    return used;
  }
  bool put_end() override {
    payload.clear();
    error_code error;
    if (Base::got_some()) Base::put_eof(error);
    return Base::is_done();
  }
  bool has_head() const override { return Base::is_header_done(); }
  bool done() const override { return Base::is_done(); }
  bool chunked() const override { return Base::chunked(); }
  bool keep_alive() const override { return Base::keep_alive(); }

 private:
  void on_request_impl(http::verb, Text method, Text target, int version, error_code&) override {
    head.method = view(method);
    head.target = view(target);
    head.version = version;
  }
  void on_response_impl(int status, Text reason, int version, error_code&) override {
    head.status = status;
    head.reason = view(reason);
    head.version = version;
  }
  void on_field_impl(http::field, Text name, Text value, error_code&) override {
    // Those behind a chunked body are passed on as they stand.
    if (!Base::is_header_done()) head.fields.emplace_back(view(name), view(value));
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(Text body, error_code&) override {
    payload.push_back(view(body));
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, Text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, error_code&) override {
    payload.push_back(view(body));
    return body.size();
  }
  void on_finish_impl(error_code&) override {}
};

HttpParser::HttpParser(std::unique_ptr<Part> part) : part_(std::move(part)) {}
HttpParser::HttpParser(HttpParser&&) noexcept = default;
HttpParser& HttpParser::operator=(HttpParser&&) noexcept = default;
HttpParser::~HttpParser() = default;

HttpParser HttpParser::request() { return HttpParser(std::make_unique<Parser<true>>(false)); }
HttpParser HttpParser::response(bool to_head) {
  return HttpParser(std::make_unique<Parser<false>>(to_head));
}

std::size_t HttpParser::put(std::string_view bytes, error_code& error) {
  return part_->put(bytes, error);
}
bool HttpParser::put_end() { return part_->put_end(); }
bool HttpParser::has_head() const { return part_->has_head(); }
bool HttpParser::done() const { return part_->done(); }
bool HttpParser::chunked() const { return part_->chunked(); }
bool HttpParser::keep_alive() const { return part_->keep_alive(); }
Head& HttpParser::head() { return part_->head; }
const std::vector<std::string_view>& HttpParser::payload() const { return part_->payload; }

}  // namespace reprise::proxy
