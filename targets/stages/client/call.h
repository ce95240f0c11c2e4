// Stage `call`: the end of a chain that asks the service behind instead of answering by itself. It
// sends the exchange's call headers to the address that a pick stage chose, else to its own, waits
// for the answer and gives it on: 503 where nobody is there, 504 at Exchange::call_deadline. The
// calling thread waits, so servers whose chain has such a stage run with many threads
// (kWaitingThreads).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "targets/request/stage.h"
#include "targets/stages/client/pool.h"
#include "targets/stages/trace/grpc_trace.h"

namespace tracetax {

/// Threads of a server whose stages wait for other services. With more connections than this some
/// wait for each other.
inline constexpr unsigned kWaitingThreads = 64;

enum class CallWire {
  http,    // the same method, path and body over HTTP/1.1
  micro,   // go-micro's: POST / with the endpoint in headers, the message as JSON
  thrift,  // Thrift as Kitex sends it: TTHeader when there are call headers, else framed
  tars,    // Tars packets, the call headers in the status map
  grpc,    // the path as the method over one channel, the call headers as metadata
};

struct CallSpec {
  CallWire wire = CallWire::http;
  std::string_view path_prefix{};                    // HTTP: before the path
  std::vector<std::string_view> forwards_headers{};  // of the request, that go on as they came
  std::string_view header_prefix{};                  // gRPC: before the names of the call headers
  PoolRules pool{.idle_per_address = 100};           // not of gRPC, which has a channel per address
};
/// Gives up at Exchange::call_deadline with 504 and closes the connection; the service behind is
/// not told otherwise. A `to` with port 0 is nobody: the stage answers the request by what it would
/// have sent.
[[nodiscard]] StagePointer make_stage(const CallSpec& spec, const GrpcAddress& to);

}  // namespace tracetax
