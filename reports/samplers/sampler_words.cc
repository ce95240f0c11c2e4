// SPDX-License-Identifier: Apache-2.0
#include "reports/samplers/sampler_words.h"

#include <fmt/format.h>

namespace tracetax {

std::string share_text(const Share& share) {
  if (share.all == 0) return "-";
  return format_amount(100 * share.value,
                       {.low = 100 * share.low, .high = 100 * share.high, .level = 0.95}, "%");
}

std::string bare_share(const Share& share) {
  return share.all == 0 ? "-" : format_number(100 * share.value);
}

std::string more_text(const PairedAmount& amount, std::string_view unit, double scale) {
  if (!amount.more) return "-";
  if (!amount.interval) {
    return fmt::format("{} {} ({} of {})", format_number(scale * *amount.more), unit, amount.blocks,
                       amount.measured);
  }
  const Interval scaled{.low = scale * amount.interval->low,
                        .high = scale * amount.interval->high,
                        .level = amount.interval->level};
  const bool told = amount.is_more() || amount.is_less();
  return (told ? "" : "~ ") + format_amount(scale * *amount.more, scaled, unit);
}

std::string own_text(const PairedAmount& amount, std::string_view unit, double scale) {
  return amount.value ? fmt::format("{} {}", format_number(scale * *amount.value), unit) : "-";
}

}  // namespace tracetax
