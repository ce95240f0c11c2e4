// Stage `recover`: what escapes a handler becomes a 500, and the connection lives on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/request/stage.h"

namespace tracetax {

struct RecoverSpec {};
[[nodiscard]] StagePointer make_stage(const RecoverSpec& spec);

}  // namespace tracetax
