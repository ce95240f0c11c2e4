// One coroutine per connection. A body of known length is read straight to where it is kept,
// because this CPU time is the driver's neighbour: some 11 us for a payload of 10 KB (20 spans),
// 150 us for one of 260 KB (512 spans), against 420 us by way of the parser's buffer (2 vCPUs,
// loopback).
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_server.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>

#include "harness/run/sink/sink_reply.h"

namespace tracetax {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr std::uint32_t kHeaderMax = 16 * 1024;
constexpr std::size_t kFirstRead = 512;  // an exporter's header has 200 to 300 bytes
constexpr std::size_t kReadBuffer = 64 * 1024;
constexpr auto kLinger = std::chrono::seconds{2};
constexpr auto kAcceptPause = std::chrono::milliseconds{100};
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

/// "application/json; charset=utf-8" -> "application/json"
[[nodiscard]] std::string_view media_type(std::string_view value) {
  value = value.substr(0, value.find(';'));
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  return value;
}

[[nodiscard]] std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

/// What the header says about the body, or the status to refuse it with.
struct HeaderVerdict {
  unsigned status = 200;
  std::string_view message;
  OtlpFormat format = OtlpFormat::json;
  OtlpEncoding encoding = OtlpEncoding::identity;
};

[[nodiscard]] HeaderVerdict judge_header(const http::request<http::string_body>& request) {
  HeaderVerdict verdict;
  const auto type = media_type(view(request[http::field::content_type]));
  const bool json = boost::beast::iequals({type.data(), type.size()}, "application/json");
  const bool protobuf = boost::beast::iequals({type.data(), type.size()}, "application/x-protobuf");
  const auto encoding = request[http::field::content_encoding];
  // Whoever did not say protobuf is more likely a person with curl than an exporter.
  verdict.format = protobuf ? OtlpFormat::protobuf : OtlpFormat::json;
  if (boost::beast::iequals(encoding, "gzip")) verdict.encoding = OtlpEncoding::gzip;
  const auto refuse = [&verdict](unsigned status, std::string_view message) {
    verdict.status = status;
    verdict.message = message;
    return verdict;
  };
  const std::string_view path = view(request.target());
  if (path.substr(0, path.find('?')) != "/v1/traces")
    return refuse(404, "the one path here is /v1/traces");
  if (request.method() != http::verb::post) return refuse(405, "/v1/traces takes POST");
  if (!json && !protobuf)
    return refuse(415, "Content-Type must be application/x-protobuf or application/json");
  if (verdict.encoding == OtlpEncoding::identity && !encoding.empty() &&
      !boost::beast::iequals(encoding, "identity")) {
    return refuse(415, "Content-Encoding must be gzip or none");
  }
  return verdict;
}

/// The peer sent something that is no HTTP, as opposed to nothing more.
[[nodiscard]] bool is_http_fault(const boost::system::error_code& error) {
  return error && error.category() == make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

asio::awaitable<void> read_to_end(tcp::socket& socket, std::size_t limit) {
  char buffer[4096];
  for (std::size_t total = 0; total < limit;) {
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(buffer), kAsTuple);
    if (error) co_return;
    total += size;
  }
}

/// Closing with unread data in the socket would reset the connection and may take the answer with
/// it. So: no more from us, then read on for a moment until the peer has had its say.
asio::awaitable<void> close_gently(tcp::socket& socket) {
  using namespace asio::experimental::awaitable_operators;
  boost::system::error_code ignored;
  if (socket.shutdown(tcp::socket::shutdown_send, ignored)) co_return;
  asio::steady_timer timer(socket.get_executor(), kLinger);
  co_await (read_to_end(socket, 2 * kOtlpMaxRequestBytes) || timer.async_wait(kAsTuple));
}

}  // namespace

struct SinkServer::Parser : http::request_parser<http::string_body> {};

/// A share of a total, given back when it ends.
class SinkServer::Share {
 public:
  explicit Share(std::size_t& total) : total_(total) {}
  ~Share() { total_ -= mine_; }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  void set(std::size_t mine) {
    total_ += mine - mine_;
    mine_ = mine;
  }

 private:
  std::size_t& total_;
  std::size_t mine_ = 0;
};

/// One connection: the socket, what was read beyond the last request, and how long it may stay as
/// it is.
struct SinkServer::Visit {
  Visit(tcp::socket from, std::set<Visit*>& visits) : socket(std::move(from)), all(visits) {
    all.insert(this);
  }
  ~Visit() { all.erase(this); }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  tcp::socket socket;
  std::set<Visit*>& all;
  int seconds_left = 0;
  boost::beast::flat_buffer buffer{kHeaderMax + kReadBuffer};
  OtlpFormat format = OtlpFormat::json;  // of the answers
};

Result<std::unique_ptr<SinkServer>> SinkServer::listen(int port, PayloadReceiver& receiver,
                                                       SinkPatience patience) {
  std::unique_ptr<SinkServer> server(new SinkServer(receiver, patience));
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(port));
  boost::system::error_code error;
  server->acceptor_.open(endpoint.protocol(), error);
  if (!error) server->acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) server->acceptor_.bind(endpoint, error);
  if (!error) server->acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    return failure(ExitCode::usage,
                   fmt::format("port {} is in use (another sink or collector?); "
                               "choose another with --http, in a suite with sink.port",
                               port));
  }
  if (error) {
    return failure(ExitCode::usage,
                   fmt::format("cannot listen on 127.0.0.1:{}: {}", port, error.message()));
  }
  asio::co_spawn(server->io_, server->accept_connections(), asio::detached);
  asio::co_spawn(server->io_, server->end_stalled_visits(), asio::detached);
  return server;
}

asio::awaitable<void> SinkServer::accept_connections() {
  for (;;) {
    auto [error, socket] = co_await acceptor_.async_accept(kAsTuple);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors, most likely: accepting at once again would spin.
      asio::steady_timer pause(io_, kAcceptPause);
      co_await pause.async_wait(kAsTuple);
      continue;
    }
    if (visits_.size() >= kSinkMaxConnections) {
      receiver_.refused(kConnectionLimit);
      continue;
    }
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    asio::co_spawn(io_, serve(std::move(socket)), asio::detached);
  }
}

/// Counts seconds and not the time, so that a sink which was stopped or starved does not blame its
/// peers. One timer for all: one for each read would cost as much as the read.
asio::awaitable<void> SinkServer::end_stalled_visits() {
  asio::steady_timer second(io_);
  for (;;) {
    second.expires_after(std::chrono::seconds{1});
    co_await second.async_wait(kAsTuple);
    for (Visit* visit : visits_) {
      boost::system::error_code ignored;
      // What the visit waits for ends with an error, and the visit with it.
      if (--visit->seconds_left < 0) visit->socket.close(ignored);
    }
  }
}

asio::awaitable<void> SinkServer::serve(tcp::socket socket) {
  Visit visit(std::move(socket), visits_);
  while (co_await serve_request(visit)) {
  }
}

/// Answers an error and closes, because what follows on the connection cannot be trusted or is
/// unwanted.
asio::awaitable<bool> SinkServer::refuse(Visit& visit, unsigned status, std::string_view message) {
  visit.seconds_left = patience_.step;
  const std::string reply = http_reply(status, message, visit.format, true);
  const auto [error, written] =
      co_await asio::async_write(visit.socket, asio::buffer(reply), kAsTuple);
  if (!error) co_await close_gently(visit.socket);
  co_return false;
}

/// A body of a known length, read straight to where it stays. The memory of all of it is asked for
/// at once, but taken (written to) only as it comes: what is announced costs nothing. False when
/// the peer has gone.
asio::awaitable<bool> SinkServer::read_announced(Visit& visit, std::size_t length,
                                                 Share& unfinished, bool& no_room,
                                                 std::string& body) {
  std::size_t got = std::min(length, visit.buffer.size());
  unfinished.set(got);
  no_room = !receiver_.has_room(unfinished_bytes_);
  if (!no_room) body.reserve(length);
  body.assign(static_cast<const char*>(visit.buffer.data().data()), got);
  visit.buffer.consume(got);
  while (got < length) {
    visit.seconds_left = patience_.step;
    asio::mutable_buffer to;
    if (!no_room && got == body.size()) {
      body.resize(std::min(length, std::max(2 * got, kReadBuffer)));
      unfinished.set(body.size());
      no_room = !receiver_.has_room(unfinished_bytes_);
    }
    if (no_room) {  // read to its end all the same: the connection stays usable
      body = {};
      unfinished.set(0);
      to = visit.buffer.prepare(std::min(length - got, kReadBuffer));
    } else {
      to = asio::buffer(body) + got;
    }
    const auto [error, size] = co_await visit.socket.async_read_some(to, kAsTuple);
    if (error) co_return false;
    got += size;
  }
  co_return true;
}

/// A body whose length shows at its end. False when the peer has gone or was refused.
asio::awaitable<bool> SinkServer::read_chunked(Visit& visit, Parser& parser, Share& unfinished,
                                               bool& no_room, std::string& body) {
  std::string& parsed = parser.get().body();
  while (!parser.is_done()) {
    visit.seconds_left = patience_.step;
    const auto [error, size] =
        co_await http::async_read_some(visit.socket, visit.buffer, parser, kAsTuple);
    if (error == http::error::body_limit)
      co_return co_await refuse(visit, 413, "the limit is 64 MiB");
    if (is_http_fault(error)) {
      const std::string message = "malformed body: " + error.message();
      co_return co_await refuse(visit, 400, message);
    }
    if (error) co_return false;
    unfinished.set(parsed.size());
    no_room = no_room || !receiver_.has_room(unfinished_bytes_);
    if (no_room) parsed.clear();  // read to its end all the same: the connection stays usable
  }
  body = std::move(parsed);
  co_return true;
}

/// One request; true if another may follow on the connection.
asio::awaitable<bool> SinkServer::serve_request(Visit& visit) {
  Parser parser;
  parser.header_limit(kHeaderMax);
  parser.body_limit(kOtlpMaxRequestBytes);
  visit.format = OtlpFormat::json;
  if (visit.buffer.size() == 0) {
    visit.seconds_left = patience_.idle;
    const auto [error, size] =
        co_await visit.socket.async_read_some(visit.buffer.prepare(kFirstRead), kAsTuple);
    if (error) co_return false;
    visit.buffer.commit(size);
  }
  visit.seconds_left = patience_.step;
  auto [header_error, header_size] =
      co_await http::async_read_header(visit.socket, visit.buffer, parser, kAsTuple);
  if (header_error) {
    if (header_error == http::error::body_limit)
      co_return co_await refuse(visit, 413, "the limit is 64 MiB");
    if (!is_http_fault(header_error)) co_return false;
    const std::string message = "not an HTTP/1.1 request: " + header_error.message();
    co_return co_await refuse(visit, 400, message);
  }

  const HeaderVerdict header = judge_header(parser.get());
  visit.format = header.format;
  if (header.status != 200) co_return co_await refuse(visit, header.status, header.message);
  Share unfinished(unfinished_bytes_);
  bool no_room = false;
  if (boost::beast::iequals(parser.get()[http::field::expect], "100-continue")) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto [error, size] =
        co_await asio::async_write(visit.socket, asio::buffer(kContinue), kAsTuple);
    if (error) co_return false;
  }

  std::string body;
  const auto announced = parser.content_length();
  const bool whole = announced
                         ? co_await read_announced(visit, *announced, unfinished, no_room, body)
                         : co_await read_chunked(visit, parser, unfinished, no_room, body);
  if (!whole) co_return false;
  unfinished.set(0);

  const bool keep = parser.keep_alive() && parser.get().version() == 11;
  PayloadVerdict verdict{PayloadAnswer::no_room, "the sink's memory is full"};
  if (no_room) {
    receiver_.no_room();
  } else {
    verdict = receiver_.receive({.body = std::move(body),
                                 .format = header.format,
                                 .encoding = header.encoding,
                                 .arrived_unix_ns = unix_now_ns()});
  }
  visit.seconds_left = patience_.step;
  const unsigned status = verdict.answer == PayloadAnswer::accepted    ? 200
                          : verdict.answer == PayloadAnswer::malformed ? 400
                                                                       : 503;
  const std::string reply = http_reply(status, verdict.message, header.format, !keep);
  const auto [error, written] =
      co_await asio::async_write(visit.socket, asio::buffer(reply), kAsTuple);
  if (!error && !keep) co_await close_gently(visit.socket);
  co_return !error && keep;
}

}  // namespace tracetax
