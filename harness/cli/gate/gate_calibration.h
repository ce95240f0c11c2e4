// A gate and what this machine was found able to resolve: looks the calibration up, says what each
// look can find, and which metrics the calibration forbids.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/calibration.h"
#include "harness/core/gate/gate_spec.h"
#include "harness/core/suite/suite.h"
#include "harness/core/text/error.h"

namespace tracetax {

struct CalibrationLookup {
  std::optional<Calibration> found;  // of this suite on this machine, measured alike
  std::string why_not;               // a phrase, where there is none
  bool is_known = false;             // the file holds the suite, if only elsewhere or otherwise
};

/// A file that is not there holds none. Usage error if it is there and cannot be read. If the file
/// knows the suite, it takes 200 ms to identify the machine.
[[nodiscard]] Result<CalibrationLookup> look_up_calibration(const std::string& file,
                                                            const Suite& suite);

struct Resolution {
  std::vector<std::string> beyond;  // required metrics that cannot be resolved, with what to do
  std::string detectable;           // lines for the plan of a dry run: what each look finds
};
[[nodiscard]] Resolution check_resolution(const CalibrationLookup& calibration, const Suite& suite,
                                          const GateSpec& gate);

}  // namespace tracetax
