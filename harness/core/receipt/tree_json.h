// Trees of spans that a plan promises, and the account of them, as JSON and back: parts of what
// receipt_json.h writes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "harness/core/receipt/receipt.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// Adds "trees" and "counted", each where it is so. A span is [service, name, kind, parent].
void write_trees(const ExpectedSpans& expected, nlohmann::ordered_json& json);
/// Reads them, and "trees" of each phase. Errors name the key. A phase's trees must be there.
[[nodiscard]] Status read_trees(const nlohmann::ordered_json& json, ExpectedSpans& expected);

[[nodiscard]] nlohmann::ordered_json tree_account_to_json(const TreeAccount& account);
/// Nothing if it is not so.
[[nodiscard]] std::optional<TreeAccount> tree_account_from_json(const nlohmann::ordered_json& json);

}  // namespace tracetax
