// Tracer and live span, with the semantics of the Go SDK (v1.45): ids are made before the sampler
// is asked, so a dropped span still pays for them; a no-op tracer passes the caller's context
// through. It differs in two things: there is one instrumentation scope per program, and end times
// come from the wall clock (never before the start) instead of a monotonic difference.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "harness/core/text/error.h"
#include "targets/tracing/config.h"
#include "targets/tracing/context/caller.h"
#include "targets/tracing/context/propagators.h"
#include "targets/tracing/counts.h"
#include "targets/tracing/faults/faults.h"
#include "targets/tracing/sampler.h"
#include "targets/tracing/self_metrics.h"
#include "targets/tracing/span.h"
#include "targets/tracing/span_processor.h"
#include "targets/tracing/value_context.h"

namespace tracetax {

struct InstrumentationScope {
  std::string name;
  std::string version;
};

class Tracer;

/// What spans and events are stamped with.
[[nodiscard]] std::int64_t unix_now_ns() noexcept;

/// One span from start to end; ends itself on destruction. Used by one thread at a time. Every call
/// on a span that does not record does nothing, but what is set on one that has ended is counted.
class Span {
 public:
  Span() = default;
  Span(Span&& other) noexcept = default;
  Span& operator=(Span&&) = delete;
  ~Span() { end(); }

  /// What goes on to the next service; the caller's own if this is a no-op span.
  [[nodiscard]] const TraceContext& context() const noexcept { return context_; }
  /// What goes along with it: the caller's. Null: nothing.
  [[nodiscard]] const CarriedPointer& carried() const noexcept { return carried_; }
  [[nodiscard]] bool is_recording() const noexcept { return data_ != nullptr; }

  void set_name(std::string_view name);
  void set_attributes(Attributes&& attributes);
  void add_event(std::string_view name, Attributes attributes);
  /// One that happened at `time_ns` since the Unix epoch.
  void add_event(std::int64_t time_ns, std::string_view name, Attributes&& attributes);
  /// The limit on its attributes is applied here. One that says nothing is left out.
  void add_link(SpanLink link);
  /// `unset` changes nothing, and `ok` is final. The message is kept for errors only.
  void set_status(SpanStatus status, std::string_view message = {});
  void end();

 private:
  friend class Tracer;
  void count_late() const;    // what is set now is set on nothing
  Tracer* tracer_ = nullptr;  // null: it never recorded
  TraceContext context_;
  CarriedPointer carried_;
  ContextPointer values_;  // what the handler gets in Go: the caller's context, and the span
  std::unique_ptr<SpanData> data_;  // null: not recording, or ended
};

/// start_span is for any thread; the rest for the one that owns the tracer. Must outlive its spans.
class Tracer {
 public:
  /// `pools` are the exporters of the config's processors, in their order; used in the state
  /// `export` only, and must be there then. A sampler given here stands in for the one that the
  /// config names.
  [[nodiscard]] static Result<std::unique_ptr<Tracer>> make(const TracingConfig& config,
                                                            std::vector<ExporterPool> pools,
                                                            SamplerPointer sampler = nullptr);
  /// With one processor at most.
  [[nodiscard]] static Result<std::unique_ptr<Tracer>> make(const TracingConfig& config,
                                                            std::unique_ptr<SpanExporter> exporter,
                                                            SamplerPointer sampler = nullptr);

  [[nodiscard]] Span start_span(std::string_view name, SpanKind kind,
                                const std::optional<TraceContext>& remote_parent,
                                Attributes&& attributes);
  [[nodiscard]] Span start_span(std::string_view name, SpanKind kind, const Caller& caller,
                                Attributes&& attributes);

  /// The root of a trace of its own, with links: a batch of messages. It is sampled as they are: if
  /// any of those that it is linked to is, and this program drops not all.
  [[nodiscard]] Span start_linked_span(std::string_view name, SpanKind kind,
                                       std::vector<SpanLink> links, Attributes&& attributes);
  /// Nothing but a context to start others under: for a thread that outlives the span itself.
  [[nodiscard]] static Span span_of_context(const TraceContext& context);

  /// A span inside another one of this program, as for a call to the next service.
  [[nodiscard]] Span start_child_span(std::string_view name, SpanKind kind, const Span& parent,
                                      Attributes&& attributes);

  [[nodiscard]] TracerState state() const noexcept { return state_; }
  /// The formats of a service whose framework installs `own`: effective_propagators().
  [[nodiscard]] Propagators propagators(const std::optional<Propagators>& own) const {
    return effective_propagators(own, asked_propagators_);
  }
  /// Those of its calls to other services.
  [[nodiscard]] Propagators call_propagators(const std::optional<Propagators>& own) const {
    return faults_.has(TracingFault::no_inject) ? Propagators{} : propagators(own);
  }
  [[nodiscard]] TracingFaults faults() const noexcept { return faults_; }
  [[nodiscard]] std::string describe_sampler() const;
  /// What became of the spans in the first processor; the others are in self_metrics().
  [[nodiscard]] SpanCounts counts() const;
  /// By the semantic conventions' names. Any thread, at any time.
  [[nodiscard]] std::vector<SelfMetric> self_metrics() const;

  /// How many spans TracingFault::leak holds.
  [[nodiscard]] std::size_t kept_spans() const;

  [[nodiscard]] bool force_flush(SteadyTime deadline);
  /// Any thread, while spans end: a synchronous export does not go on beyond `deadline`.
  void begin_shutdown(SteadyTime deadline) noexcept;
  /// Flushes until the deadline. Spans that end later are dropped.
  void shutdown(SteadyTime deadline);

 private:
  friend class Span;
  explicit Tracer(const TracingConfig& config);
  Span start(std::string_view name, SpanKind kind, const std::optional<TraceContext>& caller,
             const CarriedPointer& carried, bool parent_is_remote, Attributes&& attributes,
             std::optional<SamplingDecision> decided = std::nullopt);
  void finish(SpanPointer data);
  /// Whether this span is one of those that a fault leaves without an end.
  [[nodiscard]] bool never_ends(const SpanData& data);
  void keep(SpanPointer data);  // for ever

  const TracerState state_;
  const std::optional<Propagators> asked_propagators_;
  const SpanLimits limits_;
  const std::uint64_t lost_below_;  // spans whose id, as a number, is below this one vanish
  const TracingFaults faults_;
  LiveSpanCounts counts_;
  SamplerPointer sampler_;
  Sampler* learner_ = nullptr;  // the same, if it hears of ended spans
  std::vector<std::unique_ptr<SpanProcessor>> processors_;
  std::atomic<std::uint64_t> server_spans_{0};  // of TracingFault::unended
  mutable std::mutex kept_mutex_;
  std::deque<SpanPointer> kept_;  // of TracingFault::leak
};

}  // namespace tracetax
