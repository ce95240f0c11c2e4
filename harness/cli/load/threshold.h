// What a load has to keep to pass: "p99<50ms", "errors<0.1%". A threshold that could not be judged
// is never passed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/load/engine.h"

namespace tracetax {

struct Threshold {
  enum class Of { response, service, lag, errors, rate };
  enum class Statistic { percentile, mean, min, max };

  std::string text;  // as written, without blanks
  Of of = Of::response;
  Statistic statistic = Statistic::percentile;  // of the times
  double percent = 99;                          // of the percentile
  bool is_share = false;                        // errors: of the attempts, else their number
  bool above = false;                           // the value must be above the limit, else below
  bool or_equal = false;
  double limit = 0;  // ns, requests/s, a share or a number
};

/// METRIC, one of < <= > >=, and a limit with its unit. METRIC: p50, p99.9, mean, min or max of the
/// response times (closed loop: service times), also with "service." or "lag." in front; lag, its
/// p99; errors, a share of the attempts with "%" and else their number; rate, as achieved.
[[nodiscard]] Result<Threshold> parse_threshold(std::string_view text);

struct ThresholdVerdict {
  enum class Word { pass, fail, cannot_tell };
  std::string threshold;
  Word word = Word::cannot_tell;
  std::optional<double> value;  // in the unit of the limit
  std::string shown;            // the value as text
  std::string reason;           // cannot_tell: why
};
[[nodiscard]] std::string_view name_of(
    ThresholdVerdict::Word word);  // "pass", "fail", "cannot tell"

/// One verdict each. A value beyond its limit fails. One within it passes, unless the load was
/// interrupted or some requests were never sent: they might have been beyond. A percentile with
/// fewer than ten times beyond it is not known.
[[nodiscard]] std::vector<ThresholdVerdict> judge(std::span<const Threshold> thresholds,
                                                  const LoadResult& result, bool closed,
                                                  bool interrupted);

}  // namespace tracetax
