// Samplers: keep this trace or not. One file per sampler in samplers/, one line per name in
// sampler_catalog.cc. Nothing here draws random numbers: the trace id is random enough.
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
#include "targets/tracing/span.h"

namespace tracetax {

enum class SamplingDecision { drop, record_only, record_and_sample };

/// The span to be, as its instrumentation asks for it; the views last as long as the call.
struct SamplingInput {
  std::optional<TraceContext> parent;  // only a valid one
  TraceId trace_id;
  std::string_view name{};
  SpanKind kind = SpanKind::internal;
  std::span<const Attribute> attributes{};  // those at the start
  bool parent_is_remote = true;             // in another process; without a parent it says nothing
  std::string_view trace_state{};           // W3C's, of the parent
};

struct SamplingResult {
  SamplingResult(SamplingDecision made) : decision(made) {}  // NOLINT: a decision is all of most
  SamplingDecision decision;
  std::optional<std::string> trace_state{};  // of the span, in place of its parent's; or as it was
};

/// Thread-safe: every request thread may call decide() and on_end() at once.
class Sampler {
 public:
  virtual ~Sampler() = default;
  [[nodiscard]] virtual SamplingResult decide(const SamplingInput& input) const noexcept = 0;
  /// Whether on_end() is to be called; asked once, so that who does not learn pays nothing.
  [[nodiscard]] virtual bool hears_of_ends() const noexcept { return false; }
  /// A span that was recorded has ended.
  virtual void on_end(const SpanData&) noexcept {}
  /// As the Go SDK describes its own: "ParentBased{root:TraceIDRatioBased{0.1}}" and the like.
  [[nodiscard]] virtual std::string describe() const = 0;
};

using SamplerPointer = std::unique_ptr<Sampler>;

[[nodiscard]] SamplerPointer make_always_on();
[[nodiscard]] SamplerPointer make_always_off();
/// The Go SDK's rule (harness/core/request/request_ids.h). Other SDKs keep other ids at the same
/// ratio.
[[nodiscard]] SamplerPointer make_trace_id_ratio(SampleRate rate);
/// Follows the parent's flag; `root` decides for spans without a parent. The four parent cases are
/// fixed to on/off as OTEL_TRACES_SAMPLER has no way to change them.
[[nodiscard]] SamplerPointer make_parent_based(SamplerPointer root);

/// Makes the sampler of a name. `argument` is OTEL_TRACES_SAMPLER_ARG, empty if unset, which every
/// sampler must do without; one that it cannot read is a usage error.
using MakeSampler = Result<SamplerPointer> (*)(std::string_view argument);
[[nodiscard]] std::span<const CatalogEntry<MakeSampler>> sampler_catalog();

}  // namespace tracetax
