// Stage `application`: the end of a chain that has a codec stage. The same users as users.h, and
// Echo, as messages instead of text: GetUser, CreateUser, Echo. Health and filler routes answer a
// constant.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/request/stage.h"

namespace tracetax {

/// What an application's refusals look like.
enum class RefusalForm {
  plain,         // the reason as it is
  kratos_error,  // kratos' error object as JSON, and its text as the error
};

struct ApplicationSpec {
  unsigned made = 201;  // the status over HTTP of a user that was made
  RefusalForm refusal = RefusalForm::plain;
};
/// 400 with a reason for an id below 0 and for a new user without a name.
[[nodiscard]] StagePointer make_stage(const ApplicationSpec& spec);

}  // namespace tracetax
