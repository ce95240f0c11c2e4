// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/tracer.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "targets/tracing/batch_processor.h"
#include "targets/tracing/counting_processor.h"
#include "targets/tracing/ids.h"
#include "targets/tracing/simple_processor.h"

namespace tracetax {

std::int64_t unix_now_ns() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

namespace {

/// Span ids are uniform 64-bit numbers.
std::uint64_t bound_of(SampleRate share) noexcept {
  constexpr double kTwoTo64 = 18446744073709551616.0;
  const double bound = share.share() * kTwoTo64;
  return bound >= kTwoTo64 ? UINT64_MAX : static_cast<std::uint64_t>(bound);
}

constexpr char kSpanKey = 0;  // its address: under which a context holds its span

// ContextWithRemoteSpanContext and ContextWithSpan of otel/trace/context.go.
ContextPointer with_span_context(ContextPointer context, const TraceContext& span) {
  return with_value(std::move(context), &kSpanKey, std::make_shared<const TraceContext>(span));
}

/// As many as a span may have, of which it has some by itself.
Attributes many_attributes() {
  constexpr std::size_t kCount = 128;
  static const std::vector<std::string> kKeys = [] {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < kCount; ++i) keys.push_back("order.item." + std::to_string(i));
    return keys;
  }();
  Attributes many;
  many.reserve(kCount);
  for (const std::string& key : kKeys) many.push_back({key, std::string("twenty characters :)")});
  return many;
}

CarriedPointer with_trace_state(const CarriedPointer& carried, std::string&& trace_state) {
  auto changed = carried ? std::make_shared<Carried>(*carried) : std::make_shared<Carried>();
  changed->trace_state = std::move(trace_state);
  return changed;
}

std::uint64_t number_of(const SpanId& id) noexcept {
  std::uint64_t number = 0;
  for (const std::uint8_t byte : id.bytes) number = number << 8 | byte;
  return number;
}

}  // namespace

void Span::count_late() const {
  if (tracer_ != nullptr) LiveSpanCounts::Slot::bump(tracer_->counts_.slot().set_after_end);
}

void Span::set_name(std::string_view name) {
  if (!data_) return count_late();
  data_->name = name;
}

void Span::set_attributes(Attributes&& attributes) {
  if (!data_) return count_late();
  data_->append(std::move(attributes), tracer_->limits_);
}

void Span::add_event(std::string_view name, Attributes attributes) {
  if (!data_) return count_late();
  add_event(unix_now_ns(), name, std::move(attributes));
}

void Span::add_event(std::int64_t time_ns, std::string_view name, Attributes&& attributes) {
  if (!data_) return count_late();
  data_->add_event({time_ns, std::string(name), std::move(attributes)}, tracer_->limits_);
}

void Span::add_link(SpanLink link) {
  if (!data_) return count_late();
  const bool valid = link.context.trace_id.valid() && link.context.span_id.valid();
  if (!valid && link.attributes.empty() && link.trace_state.empty()) return;
  data_->add_link(std::move(link), tracer_->limits_);
}

void Span::set_status(SpanStatus status, std::string_view message) {
  if (!data_) return count_late();
  if (status == SpanStatus::unset || data_->status == SpanStatus::ok) return;
  data_->status = status;
  data_->status_message = status == SpanStatus::error ? message : std::string_view{};
}

void Span::end() {
  if (!data_) return;
  if (tracer_->faults_.has(TracingFault::unended) && tracer_->never_ends(*data_)) {
    if (tracer_->faults_.has(TracingFault::leak)) tracer_->keep(std::move(data_));
    return data_.reset();
  }
  data_->end_ns = std::max(unix_now_ns(), data_->start_ns);
  // recordingSpan.snapshot: what goes to the processors is an object of its own.
  data_->dedupe();
  auto snapshot = std::make_shared<const SpanData>(std::move(*data_));
  data_.reset();
  tracer_->finish(std::move(snapshot));
}

Tracer::Tracer(const TracingConfig& config)
    : state_(config.state),
      asked_propagators_(config.propagators),
      limits_(config.limits),
      lost_below_(bound_of(config.lost)),
      faults_(config.faults) {}

Result<std::unique_ptr<Tracer>> Tracer::make(const TracingConfig& config,
                                             std::unique_ptr<SpanExporter> exporter,
                                             SamplerPointer sampler) {
  std::vector<ExporterPool> pools;
  if (exporter) pools.emplace_back().push_back(std::move(exporter));
  return make(config, std::move(pools), std::move(sampler));
}

Result<std::unique_ptr<Tracer>> Tracer::make(const TracingConfig& config,
                                             std::vector<ExporterPool> pools,
                                             SamplerPointer sampler) {
  std::unique_ptr<Tracer> tracer(new Tracer(config));
  if (config.state == TracerState::drop) {
    sampler = make_always_off();
  } else if (sampler == nullptr) {
    auto make_sampler = find_in_catalog(sampler_catalog(), "sampler", config.sampler);
    if (!make_sampler) return failure(make_sampler.error());
    auto made = (*make_sampler)(config.sampler_argument);
    if (!made) return failure(made.error());
    sampler = std::move(*made);
  }
  tracer->learner_ = sampler->hears_of_ends() ? sampler.get() : nullptr;
  tracer->sampler_ = std::move(sampler);
  if (config.state != TracerState::export_) return tracer;
  for (std::size_t i = 0; i < pools.size(); ++i) {
    std::unique_ptr<SpanProcessor> processor;
    if (config.processors[i].simple) {
      processor = std::make_unique<SimpleProcessor>(std::move(pools[i].front()));
    } else {
      processor = std::make_unique<BatchProcessor>(config.batch, std::move(pools[i]));
    }
    if (config.count_spans)
      processor = std::make_unique<CountingProcessor>(*config.count_spans, std::move(processor));
    tracer->processors_.push_back(std::move(processor));
  }
  return tracer;
}

Span Tracer::start_span(std::string_view name, SpanKind kind,
                        const std::optional<TraceContext>& remote_parent, Attributes&& attributes) {
  return start(name, kind, remote_parent, nullptr, true, std::move(attributes));
}

Span Tracer::start_span(std::string_view name, SpanKind kind, const Caller& caller,
                        Attributes&& attributes) {
  return start(name, kind, caller.context, caller.carried, true, std::move(attributes));
}

Span Tracer::start_child_span(std::string_view name, SpanKind kind, const Span& parent,
                              Attributes&& attributes) {
  if (faults_.has(TracingFault::background_context)) {
    return start(name, kind, std::nullopt, nullptr, false, std::move(attributes));
  }
  std::optional<TraceContext> context;
  if (parent.context().trace_id.valid()) context = parent.context();
  return start(name, kind, context, parent.carried(), false, std::move(attributes));
}

Span Tracer::start_linked_span(std::string_view name, SpanKind kind, std::vector<SpanLink> links,
                               Attributes&& attributes) {
  const bool sampled =
      state_ != TracerState::drop &&
      std::ranges::any_of(links, [](const SpanLink& link) { return link.context.sampled(); });
  Span span = start(name, kind, std::nullopt, nullptr, false, std::move(attributes),
                    sampled ? SamplingDecision::record_and_sample : SamplingDecision::drop);
  for (SpanLink& link : links) {
    if (span.is_recording()) span.add_link(std::move(link));
  }
  return span;
}

Span Tracer::span_of_context(const TraceContext& context) {
  Span span;
  span.context_ = context;
  return span;
}

Span Tracer::start(std::string_view name, SpanKind kind, const std::optional<TraceContext>& caller,
                   const CarriedPointer& carried, bool parent_is_remote, Attributes&& attributes,
                   std::optional<SamplingDecision> decided) {
  Span span;
  span.carried_ = carried;
  if (caller) span.values_ = with_span_context(nullptr, *caller);
  if (state_ <= TracerState::noop) {
    if (caller) span.context_ = *caller;
    return span;
  }
  // trace.NewSpanStartConfig: an option on the heap, of which the config takes a copy.
  const auto option = std::make_unique<const Attributes>(std::move(attributes));
  Attributes configured(*option);
  const auto* parent = value_of<TraceContext>(span.values_, &kSpanKey);
  LiveSpanCounts::Slot& counts = counts_.slot();
  LiveSpanCounts::Slot::bump(counts.started);
  span.context_.trace_id = parent ? parent->trace_id : random_trace_id();
  span.context_.span_id = random_span_id();
  span.context_.flags = parent ? parent->flags : std::uint8_t{0};
  SamplingResult sampling =
      decided ? SamplingResult(*decided)
              : sampler_->decide(
                    {caller, span.context_.trace_id, name, kind, configured, parent_is_remote,
                     carried ? std::string_view(carried->trace_state) : std::string_view{}});
  const SamplingDecision decision = sampling.decision;
  if (sampling.trace_state) {
    span.carried_ = with_trace_state(carried, *std::move(sampling.trace_state));
  }
  constexpr auto kUnsampledMask = static_cast<std::uint8_t>(~kSampledFlag);
  if (decision == SamplingDecision::record_and_sample) {
    LiveSpanCounts::Slot::bump(counts.sampled);
    span.context_.flags |= kSampledFlag;
  } else {
    span.context_.flags &= kUnsampledMask;
  }
  span.values_ = with_span_context(std::move(span.values_), span.context_);
  if (decision == SamplingDecision::drop) return span;
  span.tracer_ = this;
  span.data_ = std::make_unique<SpanData>();
  SpanData& data = *span.data_;
  data.start_ns = unix_now_ns();
  data.context = span.context_;
  if (span.carried_) data.trace_state = span.carried_->trace_state;
  if (parent) {
    data.parent_span_id = parent->span_id;
    data.parent_is_remote = parent_is_remote;
  }
  data.name = name;
  data.kind = kind;
  span.set_attributes(std::move(configured));
  if (faults_.has(TracingFault::many_attributes)) span.set_attributes(many_attributes());
  return span;
}

bool Tracer::never_ends(const SpanData& data) {
  return data.kind != SpanKind::server || server_spans_.fetch_add(1) % 2 == 0;
}

std::size_t Tracer::kept_spans() const {
  const std::lock_guard lock(kept_mutex_);
  return kept_.size();
}

void Tracer::keep(SpanPointer data) {
  const std::lock_guard lock(kept_mutex_);
  kept_.push_back(std::move(data));
}

std::string Tracer::describe_sampler() const { return sampler_->describe(); }

SpanCounts Tracer::counts() const {
  SpanCounts counts = counts_.read();
  if (processors_.empty()) return counts;
  const ProcessorReading reading = processors_.front()->read();
  counts.dropped = reading.queue_full + reading.after_shutdown;
  counts.exported = reading.exported;
  for (const auto& [reason, spans] : reading.failed) counts.failed += spans;
  return counts;
}

std::vector<SelfMetric> Tracer::self_metrics() const {
  std::vector<ProcessorReading> readings;
  for (const auto& processor : processors_) readings.push_back(processor->read());
  return self_metrics_of(counts_.read(), readings);
}

bool Tracer::force_flush(SteadyTime deadline) {
  bool all = true;
  for (const auto& processor : processors_) all = processor->force_flush(deadline) && all;
  return all;
}

void Tracer::begin_shutdown(SteadyTime deadline) noexcept {
  for (const auto& processor : processors_) processor->begin_shutdown(deadline);
}

// One after another, as Go does it; the deadline is that of all.
void Tracer::shutdown(SteadyTime deadline) {
  for (const auto& processor : processors_) processor->shutdown(deadline);
}

void Tracer::finish(SpanPointer data) {
  // Those that only record are never exported, so a receipt must not wait for them.
  if (data->context.sampled()) LiveSpanCounts::Slot::bump(counts_.slot().ended);
  if (learner_ != nullptr) learner_->on_end(*data);
  if (faults_.has(TracingFault::leak)) keep(data);
  if (number_of(data->context.span_id) < lost_below_) return;
  // A span that is recorded but not sampled ends here too, as the specification has it.
  if (!data->context.sampled()) return;
  for (const auto& processor : processors_) {
    processor->on_end(&processor == &processors_.back() ? std::move(data) : data);
  }
}

}  // namespace tracetax
