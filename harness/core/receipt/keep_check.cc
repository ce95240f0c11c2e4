// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/keep_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/core/text/units.h"
#include "harness/stats/binomial.h"

namespace tracetax {
namespace {

std::string share_text(double share) {
  const auto rate = SampleRate::make(share);
  return rate ? format_sample_rate(*rate) : fmt::format("{}", share);
}

std::optional<std::string> breach_of_share(double share, const ClassAccount& of) {
  const std::uint64_t came = of.whole + of.part;
  const std::string_view name = name_of(of.of);
  if (share >= 1) {
    if (came == of.sent) return std::nullopt;
    return fmt::format("{} of {} traces of class {} are missing, and each has to come",
                       of.sent - came, of.sent, name);
  }
  if (share <= 0) {
    if (came == 0) return std::nullopt;
    return fmt::format("{} of {} traces of class {} came, and none should", came, of.sent, name);
  }
  const RateBounds bounds = clopper_pearson(came, of.sent, 1 - kKeepErrorChance);
  if (bounds.low <= share && share <= bounds.high) return std::nullopt;
  return fmt::format(
      "{} of {} traces of class {} came, {:.3g} %, which is too {} for {} (by chance: less than 1 "
      "in a million)",
      came, of.sent, name, 100 * static_cast<double>(came) / static_cast<double>(of.sent),
      share < bounds.low ? "many" : "few", share_text(share));
}

std::optional<std::string> breach_of_limit(double per_s, const KeptInPhase& phase) {
  if (phase.traces == 0) return std::nullopt;
  const double seconds = static_cast<double>(phase.last_start_ns - phase.first_start_ns) / 1e9;
  const double most = per_s * (seconds + 1) + 1;
  if (static_cast<double>(phase.traces) <= most) return std::nullopt;
  return fmt::format("{} traces came of {:.3g} s, and at most {:.0f} may at {} traces/s",
                     phase.traces, seconds, most, per_s);
}

}  // namespace

void KeptInPhase::saw(std::uint64_t first_ns, std::uint64_t last_ns) {
  first_start_ns = traces == 0 ? first_ns : std::min(first_start_ns, first_ns);
  last_start_ns = std::max(last_start_ns, last_ns);
  ++traces;
}

std::vector<std::string> breaches_of(const KeepRule& rule, std::span<const ClassAccount> classes,
                                     std::span<const KeptInPhase> phases) {
  std::vector<std::string> breaches;
  const auto note = [&breaches](std::optional<std::string> breach) {
    if (breach) breaches.push_back(std::move(*breach));
  };
  for (const ClassAccount& account : classes) {
    if (const auto share = rule.share[static_cast<std::size_t>(account.of)])
      note(breach_of_share(*share, account));
  }
  if (rule.at_most_per_s) {
    for (const KeptInPhase& phase : phases) note(breach_of_limit(*rule.at_most_per_s, phase));
  }
  return breaches;
}

void compare_with_kept(std::uint64_t traces_kept, std::uint64_t came, std::string_view who,
                       KeepAccount& account) {
  account.traces_kept = traces_kept;
  if (traces_kept == came) return;
  account.broken.push_back(traces_kept > came
                               ? fmt::format("{} kept {} traces, and {} of them did not come", who,
                                             traces_kept, traces_kept - came)
                               : fmt::format("{} kept {} traces, and {} more came", who,
                                             traces_kept, came - traces_kept));
}

}  // namespace tracetax
