// Values out of the texts that they travel as: a flat JSON object, and a query. The object is
// written by json_of() of targets/legs/broker/message.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/core/text/error.h"
#include "targets/legs/values.h"

namespace tracetax {

/// Sets what a JSON object has: texts as they are, anything else as its JSON. An empty text has
/// nothing. Usage error if it is no object.
[[nodiscard]] Status take_json(std::string_view text, Values& values);

/// "a=b&c=d+e". Parts that are malformed are passed over.
void take_query(std::string_view query, Values& values);
[[nodiscard]] std::string query_of(const Values& values);

/// Appends `text` with everything but letters, digits and "-_.~" as %XX.
void append_percent(std::string_view text, std::string& out);

}  // namespace tracetax
