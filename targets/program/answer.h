// What a service of a topology answers with, and what its caller reads of it: all values as a JSON
// object, and the labels of the branches that were taken. Over HTTP these stand in the header
// X-Outcome. The other protocols carry no headers back, or lose the status of an error; there the
// object has them too, under the names "X-Outcome" and "X-Status", and so has the text of an error.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "targets/program/peer.h"
#include "targets/program/step_walk.h"
#include "targets/request/exchange.h"

namespace tracetax {

/// How a framework's answers look.
struct AnswerForm {
  std::string_view content_type = "application/json";
  bool ends_lines = false;    // a newline at the end
  bool is_rpc = false;        // the answer is a message
  bool kratos_error = false;  // a refusal is an error to the middleware
};

/// The answer of a walk that has ended: its labels are sorted for it. `failed` is 503 with the
/// reason, and says nothing of branches.
void write_program_answer(const AnswerForm& form, StepWalk& walk, const StepEnd& end,
                          Exchange& exchange);

/// The other side of it: the answer to a call. Values go to `values`.
[[nodiscard]] CallEnd read_answer(Exchange& exchange, bool is_rpc, Values& values);

}  // namespace tracetax
