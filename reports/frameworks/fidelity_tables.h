// Fidelity: real frameworks beside their emulations. Values out of the analysis in, tables and
// sentences out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/fidelity/fidelity.h"
#include "reports/frameworks/page.h"
#include "reports/tables/table.h"
#include "reports/words/language.h"

namespace tracetax {

/// The same quantities as fidelity_table(), real beside emulated, without intervals.
[[nodiscard]] Table side_by_side_values(const RunResult& result, const Fidelity& fidelity,
                                        Language language);

/// The ratios that a reader looks for first, a row per pair: CPU untraced, a, b and the overhead in
/// the arm that samples most.
[[nodiscard]] Table fidelity_table(const RunResult& result, const Fidelity& fidelity,
                                   Language language);

/// Every quantity of one pair: real, emulated, their ratio, and how far off2 is from off on either
/// side. The offered rates of both stand last.
[[nodiscard]] Table pair_table(const RunResult& result, const FidelityPair& pair,
                               Language language);

/// Which pairs were measured at different rates, and what that means; empty if none was.
[[nodiscard]] std::string rate_caution(const RunResult& result, const Fidelity& fidelity,
                                       Language language);

/// Kendall's tau between real and emulated, by quantity.
[[nodiscard]] Table tau_table(const RunResult& result, const Fidelity& fidelity, Language language);

/// For which frameworks CPU untraced, a and b are within the factor of 2, a sentence each.
[[nodiscard]] std::vector<std::string> factor_sentences(const RunResult& result,
                                                        const Fidelity& fidelity,
                                                        Language language);

/// The first tables, the sentences and the taus, with what they mean.
void add_fidelity(const RunResult& result, const Fidelity& fidelity, Page& page, Language language);

}  // namespace tracetax
