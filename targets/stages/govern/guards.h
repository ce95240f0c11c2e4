// Stage `guards`: the filters of a framework that ask one question per request and let nearly all
// pass. Each is a call through a pointer, as a middleware of its own would be; the questions are
// the frameworks'. Not recover (recover.h), and nothing that keeps a rate or a window.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "targets/request/stage.h"

namespace tracetax {

enum class Guard {
  max_bytes,  // Content-Length, and the body, within body_max: else 413
  gunzip,     // a body with Content-Encoding gzip is unpacked, up to body_max: else 400 or 413
  acl,        // the caller's name (header "source-service") is on no deny list: else 403
  token,      // if a token is set: the header "token" is it, else 401
  echo,       // the method $echo answers its own body
  accesslog,  // asks whether an access log is set for the service; none is
  tps,        // asks whether a limit is set for the service; none is
  generic,    // the method $invoke has no generic service behind it: 404
  execute,    // as tps, for running calls
  shutdown,   // counts running calls; none is refused, as nobody shuts down
  validate,   // the request message's own check: a negative user id is 400
  cors,       // an Origin header from elsewhere gets no CORS header; it passes
};

struct GuardsSpec {
  std::vector<Guard> guards{};
  std::size_t body_max = 1U << 20;
  std::vector<std::string> denied{};  // of acl
  std::string token{};                // empty: none is set
};
[[nodiscard]] StagePointer make_stage(const GuardsSpec& spec);

[[nodiscard]] std::string_view guard_name(Guard guard);

}  // namespace tracetax
