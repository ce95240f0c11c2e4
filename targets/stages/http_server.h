// The connection engine under every emulated HTTP service: HTTP/1.1 on Boost.Asio and Boost.Beast, one
// coroutine per connection, keep-alive and pipelining, one single-threaded event loop per CPU that the
// process may use. What it answers is the chain's business.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "harness/core/error.h"
#include "targets/stages/server.h"
#include "targets/stages/stage.h"

namespace tracetax {

/// What one connection may ask for. Beyond: 431, 413; anything else that is not HTTP: 400. After these
/// the connection is closed.
inline constexpr std::size_t kHeaderLimit = 64 * 1024;
inline constexpr std::size_t kBodyLimit = 1024 * 1024;

class HttpServer final : public Server {
 public:
  /// The chain must outlive the server. A taken port or a bad address is a usage error.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> listen(const ServerOptions& options,
                                                                  const Chain& chain);
  ~HttpServer() override;

  [[nodiscard]] std::uint16_t port() const noexcept override;
  void run() override;
  void stop() override;

 private:
  struct Loops;
  explicit HttpServer(std::unique_ptr<Loops> loops);
  std::unique_ptr<Loops> loops_;
};

}  // namespace tracetax
