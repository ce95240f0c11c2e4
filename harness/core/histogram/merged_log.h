// The intervals of logs put together, tag by tag.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "harness/core/histogram/hdr_log.h"

namespace tracetax {

/// Which intervals count: those that begin at `from_s` or later and before `to_s`, in seconds from
/// the start of their log, with one of `tags` (empty: any).
struct LogSelection {
  std::vector<std::string> tags;
  double from_s = 0;
  double to_s = std::numeric_limits<double>::infinity();

  [[nodiscard]] bool takes(const HdrLogInterval& interval) const;
};

struct TagTotal {
  std::string tag;  // empty: none
  int intervals = 0;
  double start_s = 0;   // of the first, from the start of its log
  double length_s = 0;  // of all, summed
  Histogram histogram;  // of the range of the first
};

/// In the order in which tags are first met.
[[nodiscard]] std::vector<TagTotal> merge_by_tag(std::span<const HdrLog> logs,
                                                 const LogSelection& selection);

}  // namespace tracetax
