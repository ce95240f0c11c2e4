// What came of exports of spans, as JSON and back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "harness/core/json/json_fields.h"
#include "harness/core/request/otlp_account.h"

namespace tracetax {

[[nodiscard]] Json otlp_to_json(const OtlpAccount& account);
/// Nothing where it is absent. What is wrong is a mistake.
[[nodiscard]] std::optional<OtlpAccount> read_otlp(JsonFields& fields, std::string_view key);

}  // namespace tracetax
