// Samplers: keep this trace or not. One file per sampler in samplers/, one line per name in
// sampler_catalog.cc. Decisions are pure in (parent, trace id); nothing here draws random numbers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/core/request/trace_context.h"
#include "harness/core/text/catalog.h"
#include "harness/core/text/error.h"
#include "harness/core/text/units.h"

namespace tracetax {

enum class SamplingDecision { drop, record_only, record_and_sample };

struct SamplingInput {
  std::optional<TraceContext> parent;  // only a valid one
  TraceId trace_id;                    // of the span to be
};

/// Thread-safe: decide() is const and may be called by every request thread at once.
class Sampler {
 public:
  virtual ~Sampler() = default;
  [[nodiscard]] virtual SamplingDecision decide(const SamplingInput& input) const noexcept = 0;
  /// As the Go SDK describes its own: "ParentBased{root:TraceIDRatioBased{0.1}}" and the like.
  [[nodiscard]] virtual std::string describe() const = 0;
};

using SamplerPointer = std::unique_ptr<const Sampler>;

[[nodiscard]] SamplerPointer make_always_on();
[[nodiscard]] SamplerPointer make_always_off();
/// The Go SDK's rule (harness/core/request/request_ids.h). Other SDKs keep other ids at the same
/// ratio.
[[nodiscard]] SamplerPointer make_trace_id_ratio(SampleRate rate);
/// Follows the parent's flag; `root` decides for spans without a parent. The four parent cases are
/// fixed to on/off as OTEL_TRACES_SAMPLER has no way to change them.
[[nodiscard]] SamplerPointer make_parent_based(SamplerPointer root);

/// Makes the sampler of a name; `ratio` is OTEL_TRACES_SAMPLER_ARG, used by the ratio ones only.
using MakeSampler = SamplerPointer (*)(SampleRate ratio);
[[nodiscard]] std::span<const CatalogEntry<MakeSampler>> sampler_catalog();

}  // namespace tracetax
