// The connection engine under every emulated service that owns its protocol (HTTP/1.1, framed RPC):
// one coroutine per connection, one single-threaded event loop per thread, on Boost.Asio. What is
// spoken on a connection is the coroutine's business.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/text/error.h"
#include "targets/engine/server.h"
#include "targets/request/exchange.h"

namespace tracetax {

// The concrete executor, because the type-erased default costs an indirect call per operation.
using ConnectionExecutor = boost::asio::io_context::executor_type;
using ConnectionSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, ConnectionExecutor>;
using ConnectionTask = boost::asio::awaitable<void, ConnectionExecutor>;
/// co_await yields (error_code, result); nothing throws.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<ConnectionExecutor>>
    kAwaitTuple;

/// Both ends of a connection.
struct ConnectionEnds {
  std::string peer_address{};
  std::uint16_t peer_port = 0;
  std::string local_address{};
  std::uint16_t local_port = 0;

  /// Names them in an exchange, which refers to this object.
  void name_in(Exchange& exchange) const {
    exchange.peer_address = peer_address;
    exchange.peer_port = peer_port;
    exchange.local_address = local_address;
    exchange.local_port = local_port;
  }
};

/// Makes a new connection ready for send_text(). Nothing: it is gone already.
[[nodiscard]] std::optional<ConnectionEnds> set_up(ConnectionSocket& socket);

/// Serves one connection until its end.
using ServeConnection = std::function<ConnectionTask(ConnectionSocket)>;

class TcpServer final : public Server {
 public:
  /// A taken port or a bad address is a usage error. `serve` is called on the connection's loop.
  [[nodiscard]] static Result<std::unique_ptr<TcpServer>> listen(const ServerOptions& options,
                                                                 ServeConnection serve);
  ~TcpServer() override;

  [[nodiscard]] std::uint16_t port() const noexcept override;
  void run() override;
  void stop() override;

 private:
  struct Loops;
  explicit TcpServer(std::unique_ptr<Loops> loops);
  std::unique_ptr<Loops> loops_;
};

/// The whole text in one write where the socket has room, which it nearly always has. False: it is
/// gone.
[[nodiscard]] boost::asio::awaitable<bool, ConnectionExecutor> send_text(ConnectionSocket& socket,
                                                                         std::string_view text);

}  // namespace tracetax
