// SPDX-License-Identifier: Apache-2.0
#include "harness/run/delay/delay_relay.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <csignal>
#include <deque>
#include <string>
#include <vector>

namespace tracetax {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kPiece = 256 * 1024;  // read at once
constexpr auto kAcceptPause = std::chrono::milliseconds{50};

/// Waits until wake(); it may return without one, so what is waited for is looked at again.
class Bell {
 public:
  explicit Bell(asio::io_context& io) : timer_(io, Clock::time_point::max()) {}
  asio::awaitable<void> wait() { co_await timer_.async_wait(kAsTuple); }
  void wake() { timer_.cancel(); }

 private:
  asio::steady_timer timer_;
};

}  // namespace

/// One way of a connection.
struct DelayRelay::Direction {
  enum class Ending { none, half_close, reset };
  struct Piece {
    std::string bytes;
    Clock::time_point due;
    Ending ending = Ending::none;
  };
  explicit Direction(asio::io_context& io) : came(io), room(io), timer(io) {}

  std::deque<Piece> pieces;
  std::size_t held = 0;  // bytes in them, and of the one that is being written
  Bell came, room;
  asio::steady_timer timer;
};

struct DelayRelay::Connection : std::enable_shared_from_this<Connection> {
  Connection(DelayRelay& of, tcp::socket client)
      : relay(of), near(std::move(client)), far(of.io_), there(of.io_), back(of.io_) {}

  static asio::awaitable<void> serve(std::shared_ptr<Connection> self) {
    const auto [error] = co_await self->far.async_connect(self->relay.to_, kAsTuple);
    if (error) {
      self->reset();
      co_return;
    }
    boost::system::error_code ignored;
    self->near.set_option(tcp::no_delay{true}, ignored);
    self->far.set_option(tcp::no_delay{true}, ignored);
    const auto start = [&self](tcp::socket& from, tcp::socket& to, Direction& way) {
      asio::co_spawn(self->relay.io_, take(self, from, way), asio::detached);
      asio::co_spawn(self->relay.io_, give(self, to, way), asio::detached);
    };
    start(self->near, self->far, self->there);
    start(self->far, self->near, self->back);
  }

  /// Reads, as long as there is room.
  static asio::awaitable<void> take(std::shared_ptr<Connection> self, tcp::socket& from,
                                    Direction& way) {
    std::vector<char> buffer(kPiece);
    DelayRelay& relay = self->relay;
    for (auto ending = Direction::Ending::none; ending == Direction::Ending::none;) {
      while (way.held >= relay.options_.held_max && !self->over) co_await way.room.wait();
      if (self->over) co_return;
      const std::size_t most = std::min(kPiece, relay.options_.held_max - way.held);
      const auto [error, size] =
          co_await from.async_read_some(asio::buffer(buffer.data(), most), kAsTuple);
      if (self->over) co_return;
      if (error)
        ending =
            error == asio::error::eof ? Direction::Ending::half_close : Direction::Ending::reset;
      way.pieces.push_back(
          {std::string(buffer.data(), size), Clock::now() + relay.options_.round_trip / 2, ending});
      way.held += size;
      relay.most_held_ = std::max(relay.most_held_.load(), way.held);
      way.came.wake();
    }
  }

  /// Writes what is due.
  static asio::awaitable<void> give(std::shared_ptr<Connection> self, tcp::socket& to,
                                    Direction& way) {
    for (;;) {
      while (way.pieces.empty() && !self->over) co_await way.came.wait();
      if (self->over) co_return;
      const Direction::Piece piece = std::move(way.pieces.front());
      way.pieces.pop_front();
      if (piece.due > Clock::now()) {
        way.timer.expires_at(piece.due);
        co_await way.timer.async_wait(kAsTuple);
        if (self->over) co_return;
      }
      const auto [error, size] =
          co_await asio::async_write(to, asio::buffer(piece.bytes), kAsTuple);
      if (self->over) co_return;
      if (error || piece.ending == Direction::Ending::reset) {
        self->reset();
        co_return;
      }
      if (piece.ending == Direction::Ending::half_close) {
        boost::system::error_code ignored;
        to.shutdown(tcp::socket::shutdown_send, ignored);
        co_return;
      }
      way.held -= size;
      way.room.wake();
    }
  }

  /// Ends both sides as a broken connection ends, and whoever waits.
  void reset() {
    over = true;
    boost::system::error_code ignored;
    for (tcp::socket* socket : {&near, &far}) {
      socket->set_option(asio::socket_base::linger{true, 0}, ignored);
      socket->close(ignored);
    }
    for (Direction* way : {&there, &back}) {
      way->came.wake();
      way->room.wake();
      way->timer.cancel();
    }
  }

  DelayRelay& relay;
  tcp::socket near, far;
  Direction there, back;
  bool over = false;
};

DelayRelay::DelayRelay(const DelayOptions& options) : options_(options) {}
DelayRelay::~DelayRelay() = default;

Result<std::unique_ptr<DelayRelay>> DelayRelay::listen(const DelayOptions& options) {
  std::unique_ptr<DelayRelay> relay(new DelayRelay(options));
  boost::system::error_code error;
  tcp::resolver resolver(relay->io_);
  const auto found =
      resolver.resolve(tcp::v4(), options.to.host, std::to_string(options.to.port), error);
  if (error || found.empty())
    return failure(ExitCode::usage, fmt::format("no such host: {}", options.to.host));
  relay->to_ = found.begin()->endpoint();
  const auto port = static_cast<std::uint16_t>(options.port);
  const tcp::endpoint here(asio::ip::address_v4::loopback(), port);
  tcp::acceptor& acceptor = relay->acceptor_;
  if (acceptor.open(here.protocol(), error) ||
      acceptor.set_option(tcp::acceptor::reuse_address(true), error) ||
      acceptor.bind(here, error) ||
      acceptor.listen(asio::socket_base::max_listen_connections, error))
    return failure(ExitCode::usage,
                   fmt::format("port {} cannot be had: {}", options.port, error.message()));
  relay->port_ = acceptor.local_endpoint().port();
  return relay;
}

void DelayRelay::run(bool until_signal) {
  asio::signal_set signals(io_);
  if (until_signal) {
    signals.add(SIGINT);
    signals.add(SIGTERM);
    signals.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) stop();
    });
  }
  const auto accept = [this]() -> asio::awaitable<void> {
    asio::steady_timer pause(io_);
    for (;;) {
      auto [error, client] = co_await acceptor_.async_accept(kAsTuple);
      if (!error) {
        const auto connection = std::make_shared<Connection>(*this, std::move(client));
        asio::co_spawn(io_, Connection::serve(connection), asio::detached);
        continue;
      }
      // No file descriptor left, most likely: others will end.
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(kAsTuple);
    }
  };
  asio::co_spawn(io_, accept, asio::detached);
  io_.run();
}

}  // namespace tracetax
