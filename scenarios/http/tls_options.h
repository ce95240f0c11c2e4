// The "tls" object of a scenario.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "harness/core/json/json_fields.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

/// Reads `"tls": true` or `"tls": {"ca": FILE, "cert": FILE, "key": FILE, "server_name": NAME,
/// "insecure": true}`; relative files begin at `folder`. Nothing if there is none, or false.
/// Mistakes are noted.
[[nodiscard]] std::optional<TlsOptions> read_tls(JsonFields& fields, const std::string& folder);

}  // namespace tracetax
