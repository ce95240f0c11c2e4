// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/http_client.h"

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <optional>
#include <utility>

namespace tracetax {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kAnswerLimit = 4 * 1024 * 1024;  // OTLP's own bound on answers
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

using Request = http::request<http::span_body<const char>>;

}  // namespace

// The operations are asynchronous so that a timer can end them; post() runs the loop until they are
// done, so for its caller they block.
struct HttpClient::Connection {
  OtlpEndpoint endpoint;
  KeyValueList headers;
  asio::io_context context{1};
  tcp::socket socket{context};
  tcp::resolver resolver{context};
  asio::steady_timer timer{context};
  beast::flat_buffer buffer;
  // The rest is touched by the thread that runs the loop only.
  SteadyTime deadline;                   // of the running post
  SteadyTime limit = SteadyTime::max();  // of all posts
  bool busy = false;
  bool timed_out = false;

  void close() {
    error_code ignored;
    resolver.cancel();
    socket.close(ignored);
    buffer.clear();
  }

  void arm() {
    timer.expires_at(std::min(deadline, limit));
    timer.async_wait([this](error_code error) {
      if (error || !busy) return;
      timed_out = true;
      close();
    });
  }

  asio::awaitable<error_code> connect() {
    error_code error;
    // Asio resolves names, numbers included, on a thread of its own; numbers do not need one.
    const auto address = asio::ip::make_address(endpoint.host, error);
    if (!error) {
      const tcp::endpoint peer(address, endpoint.port);
      auto [direct_error] = co_await socket.async_connect(peer, kAwait);
      error = direct_error;
    } else {
      const std::string port = std::to_string(endpoint.port);
      auto [resolve_error, found] = co_await resolver.async_resolve(endpoint.host, port, kAwait);
      if (resolve_error) co_return resolve_error;
      auto [connect_error, used] = co_await asio::async_connect(socket, found, kAwait);
      error = connect_error;
    }
    if (!error) socket.set_option(tcp::no_delay(true), error);
    co_return error;
  }

  // `reused` tells whether the failure may come from a connection that the server had closed.
  asio::awaitable<error_code> exchange(Request& request,
                                       http::response_parser<http::string_body>& parser,
                                       bool& reused) {
    reused = socket.is_open();
    if (!reused) {
      const error_code error = co_await connect();
      if (error) co_return error;
    }
    auto [write_error, written] = co_await http::async_write(socket, request, kAwait);
    if (write_error) co_return write_error;
    auto [read_error, read] = co_await http::async_read(socket, buffer, parser, kAwait);
    if (read > 0) reused = false;
    co_return read_error;
  }

  asio::awaitable<Result<HttpAnswer>> post(Request& request) {
    error_code error;
    for (int attempt = 0; attempt < 2; ++attempt) {
      http::response_parser<http::string_body> parser;
      parser.body_limit(kAnswerLimit);
      bool reused = false;
      error = co_await exchange(request, parser, reused);
      if (!error) {
        HttpAnswer answer{parser.get().result_int(),
                          std::string(parser.get()[http::field::retry_after]),
                          std::move(parser.get().body())};
        if (!parser.get().keep_alive()) close();
        co_return answer;
      }
      close();
      if (!reused || timed_out) break;
    }
    co_return failure(ExitCode::invalid, timed_out ? "no answer in time" : error.message());
  }
};

HttpClient::HttpClient(OtlpEndpoint endpoint, KeyValueList headers)
    : connection_(std::make_unique<Connection>()) {
  connection_->endpoint = std::move(endpoint);
  connection_->headers = std::move(headers);
}

HttpClient::~HttpClient() = default;

Result<HttpAnswer> HttpClient::post(std::string_view body, bool gzip, SteadyTime deadline) {
  Connection& c = *connection_;
  Request request{http::verb::post, c.endpoint.path, 11};
  request.set(http::field::host, authority_of(c.endpoint));
  request.set(http::field::user_agent, "tracetax-otlp/0.1.0");
  request.set(http::field::content_type, "application/x-protobuf");
  if (gzip) request.set(http::field::content_encoding, "gzip");
  for (const auto& [key, value] : c.headers) request.set(key, value);
  request.body() = beast::span<const char>(body.data(), body.size());
  request.prepare_payload();

  c.timed_out = false;
  c.busy = true;
  c.context.restart();
  c.deadline = deadline;
  c.arm();
  std::optional<Result<HttpAnswer>> outcome;
  asio::co_spawn(c.context, c.post(request),
                 [&](std::exception_ptr thrown, Result<HttpAnswer> result) {
                   // Beast and Asio report by error code here; what is left is memory.
                   if (thrown) std::rethrow_exception(thrown);
                   outcome = std::move(result);
                   c.busy = false;
                   c.timer.cancel();
                 });
  c.context.run();
  return std::move(*outcome);
}

void HttpClient::limit_to(SteadyTime deadline) noexcept {
  asio::post(connection_->context, [c = connection_.get(), deadline] {
    c->limit = std::min(c->limit, deadline);
    if (c->busy) c->arm();
  });
}

}  // namespace tracetax
