// Headers as Go's http.Header has them: a hash map from the canonical name to a list of values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "targets/request/exchange.h"

namespace tracetax {

using HeaderMap = std::unordered_map<std::string, std::vector<std::string>>;

/// As net/textproto reads them.
[[nodiscard]] HeaderMap header_map_of(const Exchange::Headers& headers);

}  // namespace tracetax
