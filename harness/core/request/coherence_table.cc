// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/coherence_table.h"

#include <fmt/format.h>

#include "harness/core/request/ratio_rules.h"

namespace tracetax {
namespace {

/// Five digits; 100 only where they are exact to all digits of a double.
std::string percent_cell(double share) {
  const double percent = 100 * share;
  if (percent > 99.999 && percent < 100 - 1e-9) return "99.999";
  return fmt::format("{:.5g}", percent);
}

}  // namespace

std::string coherence_table(SampleRate rate) {
  std::string text = fmt::format(
      "Each sampler decides for itself, at {}. Of the traces that the sampler of the\n"
      "row keeps, the one of the column keeps (%, exact for random trace ids):\n\n{:<12}",
      format_sample_rate(rate), "");
  for (const RatioRule other : kRatioRules) {
    text += fmt::format("{:>{}}", name_of(other), other == RatioRule::probability ? 13 : 9);
  }
  text += '\n';
  for (const RatioRule given : kRatioRules) {
    text += fmt::format("{:<12}", name_of(given));
    for (const RatioRule other : kRatioRules) {
      text += fmt::format("{:>{}}", percent_cell(share_kept_too(given, other, rate)),
                          other == RatioRule::probability ? 13 : 9);
    }
    text += '\n';
  }
  return text +
         "\nWhere two differ, a trace through both is kept whole less often than the rate\n"
         "says. Parent-based samplers follow their caller and have no such gap.\n"
         "probability is the specification's new rule, ot=th; the others are\n"
         "traceidratio of these SDKs.\n";
}

}  // namespace tracetax
