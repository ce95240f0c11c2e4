// Stage `inner spans`: an application that makes INTERNAL spans under the server's span, one after
// another, as one that does an order in steps: each with one attribute, which is set before it
// ends.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/request/stage.h"
#include "targets/tracing/tracer.h"

namespace tracetax {

inline constexpr int kMostInnerSpans = 100;

struct InnerSpansSpec {
  int count = 0;  // up to kMostInnerSpans
};
/// `tracer` must outlive the stage.
[[nodiscard]] StagePointer make_stage(const InnerSpansSpec& spec, Tracer& tracer);

}  // namespace tracetax
