// A suite made of the options of a command line, and what the look at the service adds to it. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/cli/measure/service_options.h"
#include "harness/core/json/json_source.h"
#include "harness/run/doctor/arm_look.h"

namespace tracetax {

/// What the reports call the service: --name, else after its command: "app" of "python3 app.py".
[[nodiscard]] std::string service_name(const ServiceOptions& options);

/// The suite as its file will hold it. `working_dir`: where its commands run; empty: the folder of
/// the file.
[[nodiscard]] JsonSource::Json service_suite(const ServiceOptions& options,
                                             const std::string& working_dir);

/// Puts in what the looks found and the options left open: spans per request, processes that are
/// kept where the runtime compiles, how long to warm up and to measure.
void adopt(JsonSource::Json& suite, const ServiceOptions& options, std::span<const ArmLook> looks);

}  // namespace tracetax
