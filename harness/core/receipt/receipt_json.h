// What must arrive and the receipt for it as JSON and back: the driver's question to the sink, its
// answer, and a part of result.json. The keys are the structs' field names. Nothing here checks
// whether a receipt closes; see receipt.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/core/receipt/receipt.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// All fields; an absent optional is null, but for "keeps", which is left out.
[[nodiscard]] nlohmann::ordered_json receipt_to_json(const Receipt& receipt);

/// Reads what receipt_to_json wrote. Every key is required, except the optional ones, which may be
/// null or absent; unknown keys are ignored. Errors name the key; the code is ExitCode::usage.
[[nodiscard]] Result<Receipt> receipt_from_json(const nlohmann::ordered_json& json);

/// The same for the plan's side: phases as {"seed", "rate", "requests", "not_sent", "uncertain"}
/// and what keep_json.h adds, where `rate` keeps every bit of the share, so that the ids that it
/// stands for are the same.
[[nodiscard]] nlohmann::ordered_json expected_spans_to_json(const ExpectedSpans& expected);
[[nodiscard]] Result<ExpectedSpans> expected_spans_from_json(const nlohmann::ordered_json& json);

}  // namespace tracetax
