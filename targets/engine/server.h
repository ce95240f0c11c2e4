// What every server of an emulated service has in common, whatever it speaks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>

#include "harness/core/text/error.h"

namespace tracetax {

struct ServerOptions {
  std::string host = "127.0.0.1";  // a numeric address
  std::uint16_t port = 0;          // 0: any free one
  unsigned threads = 1;
  bool waits = false;  // handlers wait: the loop that accepts has no connections of its own
};

/// CPUs in this process's affinity mask; at least 1.
[[nodiscard]] unsigned usable_cpus() noexcept;

/// A bad address is a usage error.
[[nodiscard]] Result<boost::asio::ip::tcp::endpoint> endpoint_of(const ServerOptions& options);
/// Why nothing can listen there, with what to do about it.
[[nodiscard]] Error listen_error(const ServerOptions& options,
                                 const boost::system::error_code& error);

/// Made listening already; catches SIGTERM and SIGINT from then on.
class Server {
 public:
  virtual ~Server() = default;
  [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;
  /// Serves until SIGTERM, SIGINT or stop(); requests that are being handled are answered first.
  /// Once.
  virtual void run() = 0;
  /// From any thread.
  virtual void stop() = 0;
};

}  // namespace tracetax
