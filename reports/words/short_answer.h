// The answer of a run in one short sentence, for who reads no second one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/analysis/comparison.h"
#include "harness/core/run_result.h"

namespace tracetax {

/// The comparison of CPU per request of the traced arm that samples most; null: none has a number.
[[nodiscard]] const Comparison* leading_comparison(const RunResult& result,
                                                   const Analysis& analysis, int cell);

/// "Emulated gin, 10 k/s: 100 % sampling costs 2.7 us = +30 % CPU [+27, +33] per request; at 10 k/s
/// that is 0.027 CPUs." What answer() says where there is no such number, or a ladder.
[[nodiscard]] std::string short_answer(const RunResult& result, const Analysis& analysis, int cell);

/// Of many cells the range: "12 emulated targets: 100 % sampling adds between +8.4 % (spring) and
/// +210 % (nginx) CPU per request." Empty where no cell has a number.
[[nodiscard]] std::string range_of_answers(const RunResult& result, const Analysis& analysis);

}  // namespace tracetax
