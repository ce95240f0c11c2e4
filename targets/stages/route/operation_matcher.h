// Stage `matcher`: kratos' choice of middleware by operation name (internal/matcher). The defaults
// come first. Then come those of the selector with exactly this name, or else of the first prefix
// that fits, with prefixes in falling order. The chosen ones are collected and chained anew for
// each request.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "targets/request/stage.h"

namespace tracetax {

/// Middleware are the stages behind this one, without the last `kept`. Those that no selector names
/// are the defaults; the others run only where their selector was chosen.
struct OperationMatcherSpec {
  struct Selector {
    std::string pattern;  // "/a.B/C", or "/a.*" for a prefix
    std::vector<std::size_t>
        adds;  // places among the middleware, from 0; too large ones are ignored
  };
  // HTTP routes stand for the operations GetUser, CreateUser, ... of this service; an RPC's is its
  // path.
  std::string_view service = "/bench.v1.Bench/";
  std::vector<Selector> selectors;
  int kept = 1;
};
/// Sets the exchange's operation.
[[nodiscard]] StagePointer make_stage(const OperationMatcherSpec& spec);

}  // namespace tracetax
