// Where and with what a run was made, as JSON and back: machine, program, targets.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/json/json_fields.h"
#include "harness/core/run_result.h"

namespace tracetax {

[[nodiscard]] Json tool_to_json(const ToolFacts& tool);
[[nodiscard]] ToolFacts read_tool(JsonFields& fields);

[[nodiscard]] Json machine_to_json(const MachineFacts& machine);
[[nodiscard]] MachineFacts read_machine(JsonFields& fields);

[[nodiscard]] Json subject_to_json(const SubjectFacts& subject);
[[nodiscard]] SubjectFacts read_subject(JsonFields& fields);

}  // namespace tracetax
