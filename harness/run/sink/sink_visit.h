// One connection to a sink's door, plain or in TLS.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <tuple>

namespace tracetax {

inline constexpr auto kAsTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

/// How long a peer may take, in seconds that the sink itself has run.
struct SinkPatience {
  int step = 10;   // for a handshake, a whole header, between two pieces of a body, an answer
  int idle = 600;  // from one request to the next
};

/// Whoever serves it keeps `seconds_left` above zero: the door counts it down, and closes.
class SinkVisit {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Moved = std::tuple<boost::system::error_code, std::size_t>;

  explicit SinkVisit(Socket socket) : socket_(std::move(socket)) {}

  [[nodiscard]] Socket& socket() { return socket_; }
  /// From now on all goes through TLS. The handshake is to be made on what this returns.
  boost::asio::ssl::stream<Socket&>& begin_tls(boost::asio::ssl::context& context) {
    return tls_.emplace(socket_, context);
  }

  [[nodiscard]] boost::asio::awaitable<Moved> read_some(boost::asio::mutable_buffer to);
  /// All of it.
  [[nodiscard]] boost::asio::awaitable<Moved> write(std::string_view bytes);
  /// Ends after the peer has had its answer: closing with unread data in the socket would reset the
  /// connection and may take the answer with it. So nothing more is said, and for a moment what
  /// comes is read on.
  [[nodiscard]] boost::asio::awaitable<void> close_gently();
  /// What is waited for then ends with an error.
  void close();

  int seconds_left = 0;
  std::function<void()> each_second;  // may be empty

 private:
  Socket socket_;
  std::optional<boost::asio::ssl::stream<Socket&>> tls_;
};

}  // namespace tracetax
