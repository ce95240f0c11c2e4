// A Receipt as JSON and back: the sink's answer to its driver, and a part of result.json. The keys are
// the struct's field names. Nothing here checks whether a receipt closes; see receipt.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/core/error.h"
#include "harness/core/receipt.h"

namespace tracetax {

/// All fields; an absent optional is null.
[[nodiscard]] nlohmann::ordered_json receipt_to_json(const Receipt& receipt);

/// Reads what receipt_to_json wrote. Every key is required, except the optional ones, which may be
/// null or absent; unknown keys are ignored. Errors name the key; the code is ExitCode::usage.
[[nodiscard]] Result<Receipt> receipt_from_json(const nlohmann::ordered_json& json);

}  // namespace tracetax
