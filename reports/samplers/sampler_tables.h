// Table T3 laid out: what arms cost, what they keep, and what is left in equally many bytes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/samplers/sampler_claims.h"
#include "reports/samplers/sampler_rows.h"
#include "reports/tables/table.h"

namespace tracetax {

/// A page has every interval and the memory, a terminal what fits.
enum class SamplerReader { page, terminal };

/// CPU per request and memory, of the service and of what stands behind it.
[[nodiscard]] Table sampler_cost_table(const RunResult& result, const SamplerCell& cell,
                                       SamplerReader reader);
/// The share of the traces of each class that came whole.
[[nodiscard]] Table sampler_kept_table(const RunResult& result, const SamplerCell& cell,
                                       SamplerReader reader);
/// Stored bytes, errors kept at several budgets, bias and delay.
[[nodiscard]] Table sampler_bytes_table(const RunResult& result, const SamplerCell& cell,
                                        SamplerReader reader);
[[nodiscard]] Table sampler_claim_table(const std::vector<SamplerClaim>& claims);

/// One sentence: which arm keeps most errors at a tenth of the bytes.
[[nodiscard]] std::string sampler_headline(const RunResult& result, const SamplerCell& cell);
/// How the tables are to be read.
[[nodiscard]] std::vector<std::string> sampler_legend(const RunResult& result,
                                                      const SamplerCell& cell);

/// Of what the arm that keeps everything stores.
inline constexpr double kHeadlineBudget = 0.10;

}  // namespace tracetax
