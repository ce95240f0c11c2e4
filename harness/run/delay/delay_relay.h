// A TCP relay that holds back everything for half a round trip in each direction. It changes no
// byte and no order, and sets no limit to the throughput but the memory that it may hold.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>

#include "harness/core/text/error.h"
#include "harness/core/text/units.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

struct DelayOptions {
  Endpoint to;          // an IPv4 address or a name
  Nanos round_trip{0};  // half of it in each direction
  int port = 0;         // on 127.0.0.1; 0 takes any free one
  /// What each direction of a connection may hold. Its sender waits above that, as with a network
  /// that is full: at 10 ms one way it allows 1.6 GB/s.
  std::size_t held_max = std::size_t{16} << 20U;
};

/// All work is done in run(), by one thread. A connection is made at once, and only what it carries
/// takes its time. The end of one direction is passed on after what was sent before it, and so is a
/// reset, which ends both.
class DelayRelay {
 public:
  /// Usage error if the port is taken or the host is not known.
  [[nodiscard]] static Result<std::unique_ptr<DelayRelay>> listen(const DelayOptions& options);
  ~DelayRelay();

  /// Until SIGINT or SIGTERM, if `until_signal`, or until stop().
  void run(bool until_signal);
  /// From any thread.
  void stop() { io_.stop(); }
  [[nodiscard]] int port() const { return port_; }
  /// The most that one direction of one connection ever held.
  [[nodiscard]] std::size_t most_held() const { return most_held_; }

 private:
  struct Connection;
  struct Direction;
  explicit DelayRelay(const DelayOptions& options);

  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_{io_};
  boost::asio::ip::tcp::endpoint to_;
  DelayOptions options_;
  int port_ = 0;
  std::atomic<std::size_t> most_held_{0};
};

}  // namespace tracetax
