// The makers behind framework_catalog(), one file per framework.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/frameworks/framework.h"

namespace tracetax {

[[nodiscard]] Framework make_gin();
[[nodiscard]] Framework make_nethttp();
[[nodiscard]] Framework make_grpc_go();
[[nodiscard]] Framework make_grpc_chain();
[[nodiscard]] Framework make_grpc_chain_back();

}  // namespace tracetax
