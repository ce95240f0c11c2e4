// The file of calibrations: what calibrate saves and gate looks up, several suites and machines in
// one. Reading takes the pairs alone; the summary beside them is for other readers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/analysis/calibration.h"
#include "harness/core/text/error.h"

namespace tracetax {

inline constexpr std::string_view kCalibrationSchema = "tracetax/calibration";
inline constexpr std::string_view kCalibrationSchemaVersion = "1.0.0";
inline constexpr std::size_t kLargestCalibrationFile = std::size_t{16} << 20;  // bytes

/// One metric per line.
[[nodiscard]] std::string write_calibrations(const std::vector<Calibration>& all);

/// What write_calibrations wrote, of schema version 1.x: write(read(text)) equals text. Usage error
/// if `text` is no such file: another program's, cut off, a wrong field.
[[nodiscard]] Result<std::vector<Calibration>> read_calibrations(std::string_view text,
                                                                 const std::string& file);

/// The same of a file; none if it is not there.
[[nodiscard]] Result<std::vector<Calibration>> load_calibrations(const std::string& path);

}  // namespace tracetax
