// What is often said of samplers, held against what this run measured. Only what its arms can
// decide is judged.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/samplers/sampler_rows.h"

namespace tracetax {

enum class ClaimWord { holds, refuted, undecided };
[[nodiscard]] std::string_view name_of(ClaimWord word);  // "holds" "refuted" "not decided"

struct SamplerClaim {
  std::string claim;  // "tail: costs the client nothing"
  ClaimWord word = ClaimWord::undecided;
  std::string because;  // the numbers that decide it, or do not
};

/// Refuted: the 95 % interval excludes it. Holds: the interval is so narrow that nothing else is
/// left that would matter; what that is stands in the sentence.
[[nodiscard]] std::vector<SamplerClaim> sampler_claims(const RunResult& result,
                                                       const SamplerCell& cell);

}  // namespace tracetax
