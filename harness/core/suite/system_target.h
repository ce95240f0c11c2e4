// A target that is a topology: its services and companions as those of any target, so that they are
// started, metered and stopped alike. Part of suite_reader.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

/// Reads the key "topology" of a target, a path or the document itself, and makes the target's
/// services of it. A path is relative to the file that the target stands in.
void read_system_target(JsonFields& fields, TargetSpec& target);

/// The document of `target` for another suite file: with the companions as they are, so that
/// nothing of it rests on the catalog of services.
[[nodiscard]] Json system_form(const TargetSpec& target, Json companions);

/// "{tracetax_target}": the first word of a command of a system's service.
inline constexpr std::string_view kTargetProgram = "{tracetax_target}";

/// Whether a process is one of the services of `target`'s system, and no companion of it.
[[nodiscard]] bool is_of_system(const TargetSpec& target, const ServiceSpec& service);

}  // namespace tracetax
