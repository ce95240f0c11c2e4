// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/export/http_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "targets/tracing/export/tls_stream.h"

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
using Parser = http::response_parser<http::string_body>;
using Answered = tl::expected<HttpAnswer, HttpProblem>;

bool is_http_error(const error_code& error) {
  return error.category() == http::make_error_code(http::error::end_of_stream).category();
}

bool is_end(const error_code& error) {
  return error == http::error::end_of_stream || error == http::error::partial_message ||
         error == asio::error::eof || error == asio::ssl::error::stream_truncated;
}

// What can pass by itself and what cannot, with TLS left aside.
HttpProblem problem_of(const error_code& error) {
  if (is_end(error))
    return {"the receiver closed the connection without an answer", "closed", true};
  if (error == http::error::body_limit) {
    return {"the receiver's answer is larger than 4 MiB", "not_otlp"};
  }
  if (is_http_error(error)) {
    return {fmt::format("the receiver's answer is not HTTP: {}", error.message()), "not_http"};
  }
  const bool is_refusal = error == asio::error::connection_refused;
  const bool is_reset = error == asio::error::connection_reset || error == asio::error::broken_pipe;
  const bool is_name =
      error == asio::error::host_not_found || error == asio::error::host_not_found_try_again;
  return {error.message(),
          is_refusal ? "connection_refused"
          : is_reset ? "closed"
          : is_name  ? "name"
                     : "connection",
          true};
}

}  // namespace

// The operations are asynchronous so that a timer can end them; post() runs the loop until they are
// done, so for its caller they block.
struct HttpClient::Connection {
  OtlpEndpoint endpoint;
  KeyValueList headers;
  std::string content_type;
  std::optional<asio::ssl::context> tls_context;
  bool shows_certificate = false;
  asio::io_context context{1};
  tcp::socket socket{context};
  std::unique_ptr<TlsStream> tls;  // around the socket
  tcp::resolver resolver{context};
  asio::steady_timer timer{context};
  beast::flat_buffer buffer;
  // The rest is touched by the thread that runs the loop only.
  SteadyTime deadline;                   // of the running post
  SteadyTime limit = SteadyTime::max();  // of all posts
  bool busy = false;
  bool timed_out = false;

  // The TLS stream stays: an operation on it may not have come to its end.
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
    if (error || !tls_context) co_return error;
    tls = make_tls_stream(socket, *tls_context, endpoint.host);
    auto [handshake_error] = co_await tls->async_handshake(TlsStream::client, kAwait);
    co_return handshake_error;
  }

  template <typename Stream>
  asio::awaitable<error_code> talk(Stream& stream, Request& request, Parser& parser, bool& reused) {
    auto [write_error, written] = co_await http::async_write(stream, request, kAwait);
    if (write_error) co_return write_error;
    auto [read_error, read] = co_await http::async_read(stream, buffer, parser, kAwait);
    if (read > 0) reused = false;
    co_return read_error;
  }

  // `reused` tells whether the failure may come from a connection that the server had closed.
  asio::awaitable<error_code> exchange(Request& request, Parser& parser, bool& reused) {
    reused = socket.is_open();
    if (!reused) {
      const error_code error = co_await connect();
      if (error) co_return error;
    }
    if (tls_context) co_return co_await talk(*tls, request, parser, reused);
    co_return co_await talk(socket, request, parser, reused);
  }

  HttpProblem explain(const error_code& error) {
    if (timed_out) return {"no answer in time", "timeout", true};
    if (tls && error.category() == asio::error::get_ssl_category()) return tls_problem(error, *tls);
    HttpProblem problem = problem_of(error);
    // Whoever wants a certificate may hang up before its reason has come through.
    if (problem.error == "closed" && tls_context && !shows_certificate) {
      problem.text +=
          "; does it want a client certificate (OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE "
          "and CLIENT_KEY)?";
    }
    return problem;
  }

  asio::awaitable<Answered> post(Request& request) {
    error_code error;
    for (int attempt = 0; attempt < 2; ++attempt) {
      Parser parser;
      parser.body_limit(kAnswerLimit);
      bool reused = false;
      error = co_await exchange(request, parser, reused);
      if (!error) {
        auto& answer = parser.get();
        const std::string type(answer[http::field::content_type]);
        HttpAnswer taken{answer.result_int(), std::string(answer[http::field::retry_after]),
                         type.substr(0, type.find(';')), std::move(answer.body())};
        if (!answer.keep_alive()) close();
        co_return taken;
      }
      close();
      if (!reused || timed_out) break;
    }
    co_return tl::unexpected(explain(error));
  }
};

HttpClient::HttpClient(const OtlpOptions& options, std::string_view content_type)
    : connection_(std::make_unique<Connection>()) {
  connection_->endpoint = options.endpoint;
  connection_->headers = options.headers;
  connection_->content_type = content_type;
  connection_->shows_certificate = !options.client_certificate.empty();
  if (options.endpoint.tls) connection_->tls_context.emplace(make_tls_context(options));
}

HttpClient::~HttpClient() = default;

tl::expected<HttpAnswer, HttpProblem> HttpClient::post(std::string_view body, bool gzip,
                                                       SteadyTime deadline) {
  Connection& c = *connection_;
  Request request{http::verb::post, c.endpoint.path, 11};
  request.set(http::field::host, authority_of(c.endpoint));
  request.set(http::field::user_agent, "tracetax-otlp/0.1.0");
  request.set(http::field::content_type, c.content_type);
  if (gzip) request.set(http::field::content_encoding, "gzip");
  for (const auto& [key, value] : c.headers) request.set(key, value);
  request.body() = beast::span<const char>(body.data(), body.size());
  request.prepare_payload();

  c.timed_out = false;
  c.busy = true;
  c.context.restart();
  c.deadline = deadline;
  c.arm();
  std::optional<Answered> outcome;
  asio::co_spawn(c.context, c.post(request), [&](std::exception_ptr thrown, Answered result) {
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
