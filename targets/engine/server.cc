// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/server.h"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>

namespace tracetax {

namespace asio = boost::asio;

unsigned usable_cpus() noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(CPU_COUNT(&set), 1));
}

Result<asio::ip::tcp::endpoint> endpoint_of(const ServerOptions& options) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(options.host, error);
  if (error) {
    return failure(ExitCode::usage, fmt::format("--host: '{}' is not a numeric address; "
                                                "use 127.0.0.1, 0.0.0.0 or ::1",
                                                options.host));
  }
  return asio::ip::tcp::endpoint(address, options.port);
}

Error listen_error(const ServerOptions& options, const boost::system::error_code& error) {
  if (error == asio::error::address_in_use) {
    return {ExitCode::usage, fmt::format("port {} is in use on {}; give another one with "
                                         "--port, or 0 for any free one",
                                         options.port, options.host)};
  }
  return {ExitCode::usage, fmt::format("cannot listen on {} port {}: {}", options.host,
                                       options.port, error.message())};
}

}  // namespace tracetax
