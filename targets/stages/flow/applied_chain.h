// Middleware applied to a handler at run time: one closure on the heap per middleware, innermost
// first, as Go frameworks do that wrap handlers for each request. The stages that do so are
// chain_build.h and operation_matcher.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "targets/request/stage.h"

namespace tracetax {

/// Wraps `middleware`, the first outermost, around `handler` and handles the exchange by it. Refers
/// to the stages. The closures last as long as the exchange and every copy of it, because a timeout
/// among them goes on with a copy after this has returned.
void handle_applied(std::span<const Stage* const> middleware, Next handler, Exchange& exchange);

}  // namespace tracetax
