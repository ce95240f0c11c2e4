// The makers behind framework_catalog(), one per file.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/frameworks/framework.h"

namespace tracetax {

[[nodiscard]] Framework make_gin();
[[nodiscard]] Framework make_nethttp();

}  // namespace tracetax
