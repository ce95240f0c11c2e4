// HdrHistogram interval logs (.hlog, version 1.3) and percentile listings (.hgrm): the two text
// forms that HdrHistogram's tools and plotter read.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/histogram/histogram.h"
#include "harness/core/text/error.h"

namespace tracetax {

struct HdrLogInterval {
  std::string tag;     // empty: none. May not contain commas, spaces or newlines.
  double start_s = 0;  // seconds since the log's start time
  double length_s = 0;
  Histogram histogram;
};

struct HdrLog {
  double start_time_s = 0;  // seconds since the Unix epoch
  std::vector<HdrLogInterval> intervals;
};

/// The log as text, times to the millisecond. `Interval_Max` is in milliseconds (value / 10^6), as
/// the format's default scale has it. Every line of `comment` becomes a comment line at the top;
/// characters that a tag may not contain become '_'.
[[nodiscard]] std::string write_hdr_log(const HdrLog& log, std::string_view comment);
/// Reads logs of versions 1.0 to 1.3, with or without tags, whose histograms are V2. The error
/// names the line. The histograms are packed; a log is an error too if they need more than
/// `most_bytes` all the same.
[[nodiscard]] Result<HdrLog> read_hdr_log(std::string_view text,
                                          std::size_t most_bytes = std::size_t{1} << 30);

/// Percentile distribution as HdrHistogram's outputPercentileDistribution prints it, values divided
/// by `value_divisor` (1e6: milliseconds), five reporting ticks per half distance.
[[nodiscard]] std::string write_hgrm(const Histogram& histogram, double value_divisor = 1e6);

}  // namespace tracetax
