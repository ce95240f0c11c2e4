// Whether an account of traces, some of which were dropped on purpose, keeps its arm's rule. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/receipt/keep_account.h"
#include "harness/core/request/keep_rule.h"

namespace tracetax {

/// A sampler that keeps its share is accused in one of a million classes, segment by segment: a
/// count voids if so few, or so many, have a chance of less than half of this (the exact binomial
/// tails of Clopper and Pearson 1934, harness/stats/binomial.h).
inline constexpr double kKeepErrorChance = 1e-6;

/// Of one phase: how many traces came, and from the first to the last start of a span of them.
struct KeptInPhase {
  std::uint64_t traces = 0;
  std::uint64_t first_start_ns = 0, last_start_ns = 0;  // since the Unix epoch
  void saw(std::uint64_t first_ns, std::uint64_t last_ns);
};

/// How the rule is broken, a sentence each; empty: it is kept. A limit of R traces/s allows each
/// phase R for every second in which spans of it began, and R more, for a limiter may have saved up
/// a second's worth.
[[nodiscard]] std::vector<std::string> breaches_of(const KeepRule& rule,
                                                   std::span<const ClassAccount> classes,
                                                   std::span<const KeptInPhase> phases);

/// What whoever drops says to have kept, against the `came` traces that did: of every one that it
/// kept all has to be there, whatever its class. Adds the sentence if that is not so.
void compare_with_kept(std::uint64_t traces_kept, std::uint64_t came, std::string_view who,
                       KeepAccount& account);

}  // namespace tracetax
