// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_door.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <tuple>

#include "harness/core/text/quote.h"

namespace tracetax {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kAcceptPause = std::chrono::milliseconds{100};
constexpr char kTlsHandshakeRecord = 0x16;  // what TLS begins with

}  // namespace

/// A visit's place in the list of all.
class SinkDoor::Entry {
 public:
  Entry(std::set<SinkVisit*>& all, SinkVisit* visit) : all_(all), visit_(visit) {
    all_.insert(visit_);
  }
  ~Entry() { all_.erase(visit_); }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

 private:
  std::set<SinkVisit*>& all_;
  SinkVisit* visit_;
};

Status SinkDoor::open(const std::string& host, int port, std::unique_ptr<asio::ssl::context> tls) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) {
    return failure(ExitCode::usage,
                   fmt::format("--host {} is no address; right is one of this machine's, such as "
                               "127.0.0.1, or 0.0.0.0 for all of them",
                               quote(host)));
  }
  tls_ = std::move(tls);
  endpoint_ = tcp::endpoint(address, static_cast<std::uint16_t>(port));
  return open_again();
}

Status SinkDoor::open_again() {
  boost::system::error_code error;
  const auto acceptor = std::make_shared<Acceptor>(io_);
  acceptor->open(endpoint_.protocol(), error);
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint_, error);
  if (!error) acceptor->listen(tcp::acceptor::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    return failure(ExitCode::usage, fmt::format("port {} is in use (another sink or collector?); "
                                                "choose another with {}",
                                                endpoint_.port(), option_));
  }
  if (error) {
    return failure(ExitCode::usage,
                   fmt::format("cannot listen on {}:{}: {}", endpoint_.address().to_string(),
                               endpoint_.port(), error.message()));
  }
  endpoint_ = acceptor->local_endpoint();
  acceptor_ = acceptor;
  asio::co_spawn(io_, accept_connections(acceptor), asio::detached);
  asio::co_spawn(io_, end_stalled_visits(acceptor), asio::detached);
  return {};
}

void SinkDoor::close(bool and_visits) {
  boost::system::error_code ignored;
  if (const auto acceptor = acceptor_.lock()) acceptor->close(ignored);
  if (!and_visits) return;
  for (SinkVisit* visit : visits_) {
    visit->socket().set_option(tcp::socket::linger(true, 0), ignored);
    visit->close();
  }
}

asio::awaitable<void> SinkDoor::accept_connections(std::shared_ptr<Acceptor> acceptor) {
  for (;;) {
    auto [error, socket] = co_await acceptor->async_accept(kAsTuple);
    if (!acceptor->is_open()) co_return;
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
    asio::co_spawn(io_, receive(std::move(socket)), asio::detached);
  }
}

/// Counts seconds and not the time, so that a sink which was stopped or starved does not blame its
/// peers. One timer for all: one for each read would cost as much as the read.
asio::awaitable<void> SinkDoor::end_stalled_visits(std::shared_ptr<Acceptor> acceptor) {
  asio::steady_timer second(io_);
  while (acceptor->is_open()) {
    second.expires_after(std::chrono::seconds{1});
    co_await second.async_wait(kAsTuple);
    for (SinkVisit* visit : visits_) {
      if (visit->each_second) visit->each_second();
      if (--visit->seconds_left < 0) visit->close();
    }
  }
}

asio::awaitable<void> SinkDoor::receive(SinkVisit::Socket socket) {
  const auto visit = std::make_shared<SinkVisit>(std::move(socket));
  const Entry entry(visits_, visit.get());
  if (tls_ && !co_await shake_hands(*visit)) co_return;
  co_await serve_(visit);
  visit->close();  // others may hold it still
}

/// False when it failed, and that has been counted.
asio::awaitable<bool> SinkDoor::shake_hands(SinkVisit& visit) {
  visit.seconds_left = patience_.step;
  // Whoever does not speak TLS is told apart by the first byte, which stays where it is.
  boost::system::error_code error;
  std::tie(error) = co_await visit.socket().async_wait(tcp::socket::wait_read, kAsTuple);
  char first = 0;
  if (!error) visit.socket().receive(asio::buffer(&first, 1), tcp::socket::message_peek, error);
  if (error) co_return false;  // it came and said nothing
  if (first != kTlsHandshakeRecord) {
    receiver_.refused(kPlainOnTlsPort);
    co_return false;
  }
  auto& stream = visit.begin_tls(*tls_);
  std::tie(error) = co_await stream.async_handshake(asio::ssl::stream_base::server, kAsTuple);
  if (!error) co_return true;
  const bool stalled = visit.seconds_left < 0;
  if (error == asio::error::operation_aborted && !stalled) co_return false;  // the door closed
  receiver_.refused(std::string(kTlsHandshake) +
                    (stalled ? "it stalled" : handshake_fault(error, stream.native_handle())));
  if (!stalled) co_await visit.close_gently();  // the alert that says why has been written
  co_return false;
}

}  // namespace tracetax
