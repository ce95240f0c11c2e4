// A port that a sink listens on: it accepts connections up to a limit, takes them through TLS where
// that is asked for, and ends those who keep it waiting. What is spoken there is not known here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "harness/core/text/error.h"
#include "harness/run/sink/payload_receiver.h"
#include "harness/run/sink/sink_tls.h"
#include "harness/run/sink/sink_visit.h"

namespace tracetax {

/// More connections than this at a door are closed at once, and counted.
inline constexpr std::size_t kSinkMaxConnections = 1024;

/// One thread: whoever runs the io_context, which must end before the door does.
class SinkDoor {
 public:
  using Serve = std::function<boost::asio::awaitable<void>(std::shared_ptr<SinkVisit>)>;
  /// `option` names the port in what is said to people.
  SinkDoor(boost::asio::io_context& io, PayloadReceiver& receiver, SinkPatience patience,
           std::string option, Serve serve)
      : io_(io),
        receiver_(receiver),
        patience_(patience),
        option_(std::move(option)),
        serve_(std::move(serve)) {}
  SinkDoor(const SinkDoor&) = delete;
  SinkDoor& operator=(const SinkDoor&) = delete;

  /// `tls` may be null. Usage error if the port is taken or the host is no address of here.
  [[nodiscard]] Status open(const std::string& host, int port,
                            std::unique_ptr<boost::asio::ssl::context> tls);
  /// Nobody is let in any more, and port() stays as it was. `and_visits`: who is in is reset.
  void close(bool and_visits);
  /// As it was opened first; usage error if somebody else has taken the port meanwhile.
  [[nodiscard]] Status open_again();

  [[nodiscard]] int port() const { return endpoint_.port(); }

 private:
  using Acceptor = boost::asio::ip::tcp::acceptor;
  class Entry;
  boost::asio::awaitable<void> accept_connections(std::shared_ptr<Acceptor> acceptor);
  boost::asio::awaitable<void> end_stalled_visits(std::shared_ptr<Acceptor> acceptor);
  boost::asio::awaitable<void> receive(SinkVisit::Socket socket);
  boost::asio::awaitable<bool> shake_hands(SinkVisit& visit);

  boost::asio::io_context& io_;
  PayloadReceiver& receiver_;
  const SinkPatience patience_;
  const std::string option_;
  const Serve serve_;
  std::unique_ptr<boost::asio::ssl::context> tls_;
  boost::asio::ip::tcp::endpoint endpoint_;
  std::weak_ptr<Acceptor> acceptor_;  // the coroutines own it, and end with it
  std::set<SinkVisit*> visits_;
};

}  // namespace tracetax
