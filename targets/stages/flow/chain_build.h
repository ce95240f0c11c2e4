// Stage `chain_build`: the stages behind it, except the last, are middleware that is wrapped around
// the last one anew for each request, as echo v4 does (echo.go, applyMiddleware in ServeHTTP).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/request/stage.h"

namespace tracetax {

struct ChainBuildSpec {
  int kept =
      1;  // stages at the end that are no middleware: the handler, and a codec stage before it
};
[[nodiscard]] StagePointer make_stage(const ChainBuildSpec& spec);

}  // namespace tracetax
