// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/http_connection.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "targets/engine/net_http.h"
#include "targets/request/http_text.h"
#include "targets/request/spans_afterwards.h"

namespace tracetax {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using Parser = http::request_parser<http::string_body>;
using StatusTask = asio::awaitable<bool, ConnectionExecutor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, ConnectionExecutor>;

constexpr std::size_t kReadSize = 4096;       // as Go's bufio
constexpr std::size_t kKeptSize = 16 * 1024;  // buffers larger than this do not stay
constexpr std::size_t kLingerBytes = 4 * 1024 * 1024;
constexpr auto kLingerTime = std::chrono::seconds(1);

struct Connection {
  Connection(ConnectionSocket&& accepted, ConnectionEnds both)
      : socket(std::move(accepted)), ends(std::move(both)) {}

  ConnectionSocket socket;
  const ConnectionEnds ends;
  beast::flat_buffer buffer;
  std::optional<Parser> parser;
  std::string out;
  std::string answer;  // lent to the exchange, so that its memory is used again
  std::string decoded_path;
  CancelContext context{nullptr};  // of net/http
  Nanos slow{0};                   // the answer goes out so much later
  SpansAfterwards afterwards;
  std::string problem;  // with what the query asks
};

// net/http's goroutine that waits for the next byte while a request is handled: conn.serve starts
// it (startBackgroundRead), and waits for its end before the next request is read
// (abortPendingRead). It sees that it shall end before it reads anything.
struct BackgroundRead {
  std::mutex mutex;
  bool aborted = false;
  bool in_read = true;
};

ConnectionTask run_background_read(std::shared_ptr<BackgroundRead> read) {
  co_await asio::post(asio::use_awaitable_t<ConnectionExecutor>{});
  const std::lock_guard lock(read->mutex);
  read->aborted = false;
  read->in_read = false;
}

ConnectionTask abort_pending_read(BackgroundRead& read) {
  std::unique_lock lock(read.mutex);
  read.aborted = true;
  while (read.in_read) {
    lock.unlock();
    co_await asio::post(asio::use_awaitable_t<ConnectionExecutor>{});
    lock.lock();
  }
}

unsigned status_of(const error_code& error) {
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit) return 431;
  if (error == http::error::bad_version) return 505;
  return 400;
}

// Says why and closes. What the client is still sending is read and dropped for a while: closing a
// socket with unread data resets it, and the client would never see the answer.
ConnectionTask refuse(Connection& c, unsigned status, std::string_view why) {
  const std::string text = refusal(status, why);
  if (!co_await send_text(c.socket, text)) co_return;
  error_code ignored;
  c.socket.shutdown(tcp::socket::shutdown_send, ignored);
  // The timer's handler may be under way when this coroutine ends, so it goes through a pointer
  // that is cleared then.
  const auto open = std::make_shared<ConnectionSocket*>(&c.socket);
  Timer timer(c.socket.get_executor(), kLingerTime);
  timer.async_wait([open](error_code error) {
    error_code unused;
    if (!error && *open != nullptr) (*open)->close(unused);
  });
  c.buffer.clear();
  for (std::size_t dropped = 0; dropped < kLingerBytes;) {
    auto [error, read] =
        co_await c.socket.async_read_some(c.buffer.prepare(kReadSize), kAwaitTuple);
    if (error) break;
    dropped += read;
  }
  *open = nullptr;
}

// Reads one request into c.parser. False: the connection is over, answered if there was something
// to answer.
StatusTask read_request(Connection& c) {
  Parser& parser = c.parser.emplace();
  parser.header_limit(kHeaderLimit);
  parser.body_limit(kBodyLimit);
  parser.eager(true);
  bool told_to_continue = false;
  while (true) {
    error_code error;
    if (c.buffer.size() > 0) {
      c.buffer.consume(parser.put(c.buffer.data(), error));
      if (error && error != http::error::need_more) {
        const unsigned status = status_of(error);
        const std::string why = error.message();
        co_await refuse(c, status, why);
        co_return false;
      }
      if (parser.is_done()) co_return true;
      if (!error && c.buffer.size() > 0) continue;
    }
    if (parser.is_header_done() && !told_to_continue) {
      told_to_continue = true;
      if (beast::iequals(parser.get()[http::field::expect], "100-continue") &&
          !co_await send_text(c.socket, "HTTP/1.1 100 Continue\r\n\r\n")) {
        co_return false;
      }
    }
    auto [read_error, read] =
        co_await c.socket.async_read_some(c.buffer.prepare(kReadSize), kAwaitTuple);
    if (read_error) co_return false;
    c.buffer.commit(read);
  }
}

// The wait holds up this connection alone.
ConnectionTask wait(const ConnectionExecutor& executor, Nanos time) {
  Timer timer(executor, time);
  co_await timer.async_wait(kAwaitTuple);
}

// The span ends with the coroutine's frame.
ConnectionTask end_later(ConnectionExecutor executor, Nanos time, Span) {
  co_await wait(executor, time);
}

// What the request asked for beyond its answer.
ConnectionTask go_on(Connection& c) {
  const auto executor = c.socket.get_executor();
  for (auto& [time, span] : c.afterwards.late)
    asio::co_spawn(executor, end_later(executor, time, std::move(span)), asio::detached);
  c.afterwards.late.clear();
  if (c.slow > Nanos(0)) co_await wait(executor, c.slow);
  c.afterwards.held.clear();
}

// Runs the chain and writes the answer into c.out. What is wrong with the request, if it is.
std::string_view answer_request(Connection& c, const Chain& chain, HttpServing serving,
                                bool keep_alive) {
  const auto& request = c.parser->get();
  const bool old_version = request.version() < 11;
  if (!old_version && request.count(http::field::host) != 1)
    return "exactly one Host header is needed";
  const auto target = request.target();
  const auto parts = split_target({target.data(), target.size()}, c.decoded_path);
  if (!parts) return "the request target is neither a path nor an absolute URL";

  Exchange exchange;
  const auto method = request.method_string();
  exchange.method = {method.data(), method.size()};
  exchange.path = parts->path;
  exchange.query = parts->query;
  exchange.minor_version = old_version ? 0 : 1;
  exchange.headers = &request;
  exchange.body = request.body();
  c.ends.name_in(exchange);
  if (!exchange.query.empty()) {
    const auto asked = effects_asked_by(exchange.query);
    if (!asked) return c.problem = asked.error().message;
    // Whoever begins the trace must know what matters, also where the service behind does the rest.
    exchange.asked =
        serving.obeys_queries ? *asked : AskedEffects{.high_priority = asked->high_priority};
    exchange.afterwards = &c.afterwards;
  }
  c.slow = exchange.asked.slow;
  std::unique_ptr<NetHttpRequest> net_http;
  if (serving.kind == HttpServerKind::net_http) {
    net_http = std::make_unique<NetHttpRequest>(exchange, c.context);
    if (const std::string_view problem = net_http->problem(); !problem.empty()) return problem;
  }
  c.answer.clear();
  exchange.answer = std::move(c.answer);
  chain.handle(exchange);
  if (net_http) net_http->write_header(exchange);

  ConnectionHeader header = ConnectionHeader::none;
  if (!keep_alive) header = ConnectionHeader::close;
  if (keep_alive && old_version) header = ConnectionHeader::keep_alive;
  write_answer(exchange, header, c.out);
  c.answer = std::move(exchange.answer);
  return {};
}

void shrink(Connection& c) {
  if (c.buffer.size() == 0 && c.buffer.capacity() > kKeptSize) c.buffer.shrink_to_fit();
  for (std::string* text : {&c.out, &c.answer, &c.decoded_path}) {
    if (text->capacity() > kKeptSize) std::string().swap(*text);
  }
}

}  // namespace

ConnectionTask serve_http(ConnectionSocket socket, const Chain& chain, HttpServing serving) {
  auto ends = set_up(socket);
  if (!ends) co_return;
  Connection c(std::move(socket), std::move(*ends));

  while (co_await read_request(c)) {
    const bool keep_alive = c.parser->keep_alive();
    std::shared_ptr<BackgroundRead> background;
    if (serving.kind == HttpServerKind::net_http) {
      background = std::make_shared<BackgroundRead>();
      asio::co_spawn(c.socket.get_executor(), run_background_read(background), asio::detached);
    }
    const std::string_view problem = answer_request(c, chain, serving, keep_alive);
    if (!problem.empty()) {
      co_await refuse(c, 400, problem);
      break;
    }
    if (c.slow > Nanos(0) || !c.afterwards.late.empty()) co_await go_on(c);
    c.parser.reset();
    const bool sent = co_await send_text(c.socket, c.out);
    if (background) co_await abort_pending_read(*background);
    if (!sent || !keep_alive) break;
    shrink(c);
  }
}

}  // namespace tracetax
