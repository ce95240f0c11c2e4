// The address of a target as people write it, in its parts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/load/session/scenario.h"

namespace tracetax {

struct Url {
  Endpoint endpoint;
  std::string path;        // with its query, without its fragment; "/" if there is none
  std::string user;        // "name:password", decoded; empty: none. Not for gRPC
  bool is_grpc = false;    // grpc://, grpcs://, otlp:// or otlps://
  bool is_otlp = false;    // otlp://, otlps://, otlp+http:// or otlp+https://
  bool is_secure = false;  // those that end with s
};

/// {http,https,grpc,grpcs,otlp,otlps,otlp+http,otlp+https}://host[:port][/path[?query]]; IPv6 hosts
/// in brackets. Without a port it is 80 or 443; of OTLP 4317 (gRPC) or 4318 (HTTP, where the path
/// is then /v1/traces); gRPC has no usual one and must name it.
[[nodiscard]] Result<Url> parse_url(std::string_view url);

/// What neither a URL nor a header may hold: ASCII's control characters but for the tab.
[[nodiscard]] bool has_control(std::string_view text);

/// host:port as URLs and Host headers spell it.
[[nodiscard]] std::string authority_of(const Endpoint& endpoint);

}  // namespace tracetax
