// What a request asks of an emulated HTTP service by its query, on any route: to fail, to take
// long, to leave a span that ends late, to be told apart at once. So a driver knows beforehand what
// each request is, and any client can ask for it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "harness/core/text/error.h"
#include "harness/core/text/units.h"

namespace tracetax {

struct AskedEffects {
  bool fails = false;          // ?fail=1: status 500
  bool high_priority = false;  // ?priority=high: the server span starts with request.priority
  Nanos slow{0};               // ?slow=20ms: the answer goes out, and the server span ends, later
  Nanos late{0};               // ?late=300ms: a child span "late" ends so long after it began
};

inline constexpr Nanos kLongestEffect = std::chrono::seconds(60);

/// Other parameters are nobody's business here. Error (usage): a time that is none, or is longer
/// than kLongestEffect; a value that means nothing.
[[nodiscard]] Result<AskedEffects> effects_asked_by(std::string_view query);

}  // namespace tracetax
