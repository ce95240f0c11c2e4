// The sink's HTTP side: OTLP/HTTP traces on 127.0.0.1. It reads and checks requests, stamps their
// arrival and hands the bodies on; what a payload means is not known here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <set>
#include <string>

#include "harness/core/text/error.h"
#include "harness/run/sink/payload_receiver.h"

namespace tracetax {

inline constexpr int kOtlpHttpPort = 4318;
/// More connections than this are closed at once, and counted as refused.
inline constexpr std::size_t kSinkMaxConnections = 1024;

/// How long a peer may take, in seconds that the sink itself has run.
struct SinkPatience {
  int step = 10;   // for a whole header, between two pieces of a body, to take an answer
  int idle = 600;  // from one request to the next
};

/// POST /v1/traces as application/x-protobuf or application/json, optionally gzip; 404, 405, 413,
/// 415, 400 and 503 as the OTLP specification has them. Peers that send garbage get a 400 or are
/// closed. One thread: whoever runs io(). To be destroyed on that thread, after io() has stopped.
class SinkServer {
 public:
  /// `port` 0 takes any free one. Usage error if the port is taken.
  [[nodiscard]] static Result<std::unique_ptr<SinkServer>> listen(int port,
                                                                  PayloadReceiver& receiver,
                                                                  SinkPatience patience = {});

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  [[nodiscard]] bool is_open() const { return acceptor_.is_open(); }
  /// Nobody is let in any more, and who is in is reset.
  void close();
  /// On the same port.
  [[nodiscard]] Status open_again();

 private:
  [[nodiscard]] Status open(int port);
  SinkServer(PayloadReceiver& receiver, SinkPatience patience)
      : receiver_(receiver), patience_(patience) {}
  struct Visit;
  struct Parser;
  class Share;
  boost::asio::awaitable<void> accept_connections();
  boost::asio::awaitable<void> end_stalled_visits();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);
  boost::asio::awaitable<bool> serve_request(Visit& visit);
  boost::asio::awaitable<bool> read_announced(Visit& visit, std::size_t length, Share& unfinished,
                                              bool& no_room, std::string& body);
  boost::asio::awaitable<bool> read_chunked(Visit& visit, Parser& parser, Share& unfinished,
                                            bool& no_room, std::string& body);
  boost::asio::awaitable<bool> answer(Visit& visit, const PayloadVerdict& verdict, bool keep);
  boost::asio::awaitable<bool> refuse(Visit& visit, unsigned status, std::string_view message);

  PayloadReceiver& receiver_;
  const SinkPatience patience_;
  std::set<Visit*> visits_;  // the connections
  int port_ = 0;
  std::size_t unfinished_bytes_ = 0;  // received of bodies on their way in
  // Order matters: io_ goes before what is above, because the connections that it still holds then
  // take themselves out.
  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_{io_};
};

}  // namespace tracetax
