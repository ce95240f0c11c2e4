// Stage `work`: a known cost injected before the handler, for checking that reports recover it. CPU
// is burnt and measured on the thread's own clock; nothing sleeps.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/core/text/units.h"
#include "targets/request/stage.h"

namespace tracetax {

struct WorkSpec {
  Nanos per_sampled{
      0};  // when the incoming traceparent has the sampled flag, in every tracing state
  Nanos per_request{0};
  Nanos beside_sampled{0};  // as per_sampled, on a thread beside the request
  /// That the application adds to the span around it, keys and values of 20 characters as the OTel
  /// specification measures with. Made whether the span records or not, as programs do.
  int span_attributes = 0;
  int inner_spans = 0;  // that the application makes under that span: stages/trace/inner_spans.h
};
[[nodiscard]] StagePointer make_stage(const WorkSpec& spec);

[[nodiscard]] inline bool injects_work(const WorkSpec& spec) {
  return spec.per_request > Nanos(0) || spec.per_sampled > Nanos(0) ||
         spec.beside_sampled > Nanos(0) || spec.span_attributes > 0;
}
inline constexpr int kMostSpanAttributes = 1000;
/// Burns so much CPU of this thread, by its own clock.
void burn_cpu(Nanos work);
/// What the stage does, for servers without a chain: burns the CPU that a request with this
/// traceparent header value (empty: none) must cost.
void burn_work(const WorkSpec& spec, std::string_view traceparent);
[[nodiscard]] std::string describe_work(const WorkSpec& spec);

}  // namespace tracetax
