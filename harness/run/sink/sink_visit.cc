// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_visit.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>

#include "harness/otlp/decode.h"

namespace tracetax {
namespace asio = boost::asio;

namespace {

constexpr auto kLinger = std::chrono::seconds{2};
constexpr std::size_t kLingerBytes = 2 * kOtlpMaxRequestBytes;

asio::awaitable<void> read_to_end(SinkVisit::Socket& socket) {
  char buffer[4096];
  for (std::size_t total = 0; total < kLingerBytes;) {
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(buffer), kAsTuple);
    if (error) co_return;
    total += size;
  }
}

}  // namespace

asio::awaitable<SinkVisit::Moved> SinkVisit::read_some(asio::mutable_buffer to) {
  return tls_ ? tls_->async_read_some(to, kAsTuple) : socket_.async_read_some(to, kAsTuple);
}

asio::awaitable<SinkVisit::Moved> SinkVisit::write(std::string_view bytes) {
  const asio::const_buffer from(bytes.data(), bytes.size());
  return tls_ ? asio::async_write(*tls_, from, kAsTuple)
              : asio::async_write(socket_, from, kAsTuple);
}

asio::awaitable<void> SinkVisit::close_gently() {
  using namespace asio::experimental::awaitable_operators;
  boost::system::error_code ignored;
  // The same in TLS, whose own goodbye is left out: every answer told its length.
  if (socket_.shutdown(Socket::shutdown_send, ignored)) co_return;
  asio::steady_timer timer(socket_.get_executor(), kLinger);
  co_await (read_to_end(socket_) || timer.async_wait(kAsTuple));
}

void SinkVisit::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace tracetax
