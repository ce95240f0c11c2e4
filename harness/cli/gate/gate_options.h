// The options of `tracetax gate`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "harness/cli/suite_options.h"
#include "harness/cli/terminal.h"
#include "harness/core/suite/gate_plan.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// `suite` is empty with --from.
struct GateOptions : SuiteOptions {
  std::string from;  // a stored result to judge again
  GateOverrides gate;
  Revisions revisions;
  std::optional<Nanos> longest;  // --max-time
  std::string calibration;       // file; used if it is there
  bool check_off = false;        // with an arm that shows whether off is off
  bool no_check = false;         // without the look at each service before
  bool dry_run = false;
  bool github = false;  // job summary and outputs of a GitHub Actions step
  ColorChoice color = ColorChoice::automatic;
};

/// Nothing if --help was asked for and printed. All mistakes are told at once.
[[nodiscard]] Result<std::optional<GateOptions>> parse_gate_options(int argc, char** argv);

/// Where calibrate saves and gate looks, unless told otherwise.
inline constexpr const char* kCalibrationFile = "tracetax-calibration.json";

[[nodiscard]] CommandLine declare_gate();
/// --stop, of gate and selftest.
[[nodiscard]] OptionSpec stop_option_spec();

}  // namespace tracetax
