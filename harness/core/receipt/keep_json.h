// The keep rule, the classes of a phase's requests and the account of them as JSON and back: parts
// of what receipt_json.h writes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/core/receipt/receipt.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// {"share": {"error": 1, ...}, "at_most_per_s": 100 or absent}. Errors name the key.
[[nodiscard]] nlohmann::ordered_json keep_rule_to_json(const KeepRule& rule);
[[nodiscard]] Result<KeepRule> keep_rule_from_json(const nlohmann::ordered_json& json);

/// Adds "classes", by their names, and "extra_spans", each where there are any, to a phase.
void write_classes(const ExpectedPhase& phase, nlohmann::ordered_json& json);
[[nodiscard]] Status read_classes(const nlohmann::ordered_json& json, ExpectedPhase& phase);

/// {"classes": [{"class", "sent", "whole", "part", "spans"}, ...], "uncertain": N,
/// "traces_kept": N or null, "broken": [sentence, ...]}. Nothing if it is not so.
[[nodiscard]] nlohmann::ordered_json keep_account_to_json(const KeepAccount& account);
[[nodiscard]] std::optional<KeepAccount> keep_account_from_json(const nlohmann::ordered_json& json);

}  // namespace tracetax
