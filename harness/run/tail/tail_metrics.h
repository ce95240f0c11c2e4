// What a tail stage counts, as Prometheus and as a program read it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/run/tail/tail_sampler.h"

namespace tracetax {

struct TailNumbers {
  TailCounts counts;
  std::vector<TailPolicy> policies;  // those of counts.by_policy
  std::size_t traces_in_memory = 0;
  std::uint64_t sent_spans = 0, failed_spans = 0;
};

/// With the names that a Collector 0.161.0 with tailsamplingprocessor has for the same.
[[nodiscard]] std::string tail_metrics_text(const TailNumbers& numbers);
/// {"tracetax_tail":{...}}, a line.
[[nodiscard]] std::string tail_numbers_json(const TailNumbers& numbers);

}  // namespace tracetax
