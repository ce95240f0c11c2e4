// Stage `application`: the end of a chain that has a codec stage. The same users as users.h, and
// Echo, as messages instead of text: GetUser, CreateUser, Echo. Health and filler routes answer a
// constant.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/request/stage.h"

namespace tracetax {

struct ApplicationSpec {};
/// 400 with a reason for an id below 0 and for a new user without a name.
[[nodiscard]] StagePointer make_stage(const ApplicationSpec& spec);

}  // namespace tracetax
