// SPDX-License-Identifier: Apache-2.0
#include "harness/load/session/scenario.h"

namespace tracetax {

std::string_view name_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::http1:
      return "HTTP/1.1";
    case Protocol::http2:
      return "HTTP/2";
    case Protocol::grpc:
      return "gRPC";
    case Protocol::rpc:
      return "RPC";
  }
  return "?";
}

}  // namespace tracetax
