// Middleware applied to a handler at run time: one closure on the heap per middleware, innermost
// first, as Go frameworks do that wrap handlers for each request. The stages that do so are
// chain_build.h and operation_matcher.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "targets/request/stage.h"

namespace tracetax {

/// A handler that passes through `middleware` in order and then calls `handler`. Refers to the
/// stages, which must outlive it. One thread.
[[nodiscard]] StagePointer apply_chain(std::span<const Stage* const> middleware, Next handler);

}  // namespace tracetax
