// SPDX-License-Identifier: Apache-2.0
#include "harness/core/ledger/fault.h"

#include <algorithm>
#include <stdexcept>

namespace tracetax {
namespace {

constexpr Fault kFaults[] = {
    {"no_spans", 1, "no span is started: the SDK is off, or nothing is instrumented",
     "load the SDK with its instrumentation before the server starts, and look for "
     "OTEL_SDK_DISABLED"},
    {"rate_zero", 1, "the sampler keeps nothing",
     "use parentbased_always_on, or parentbased_traceidratio with a ratio above 0, in the code or "
     "in OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG"},
    {"no_exporter", 1, "the tracer provider has no exporter: spans end and go nowhere",
     "give the provider a batch processor with an OTLP exporter, and do not set "
     "OTEL_TRACES_EXPORTER=none"},
    {"no_shutdown", 1,
     "the program ends without a flush: spans that wait for the next batch are lost",
     "on SIGTERM call Shutdown of the tracer provider, and wait for it before the program ends"},
    {"wrong_address", 2, "it exports to an address where nobody takes the spans",
     "correct OTEL_EXPORTER_OTLP_ENDPOINT (4318 is HTTP, 4317 is gRPC) or the endpoint in the "
     "code, "
     "and OTEL_EXPORTER_OTLP_PROTOCOL with it"},
    {"wrong_pipeline", 2, "the collector does not take the spans, or does not pass them on",
     "look at service.pipelines.traces of the collector: its receivers, its processors, and "
     "whether "
     "one of its exporters leads to the backend by the right address"},
    {"no_propagator", 3, "the caller's context is not read: the service begins traces of its own",
     "set a propagator at the start (in Go otel.SetTextMapPropagator), with a format that the "
     "caller "
     "sends: OTEL_PROPAGATORS=tracecontext,baggage"},
    {"no_inject", 3,
     "the client does not send the context on: the next service begins a trace of its own",
     "use an instrumented client (in Go otelhttp.NewTransport or otelgrpc.NewClientHandler), and "
     "pass the request's context to the call"},
    {"background_context", 3,
     "an inner span starts from an empty context, so it is the root of a trace of its own",
     "hand the request's context down, and do not start from context.Background()"},
    {"ctx_shadow", 3,
     "spans are children of one that has ended: the context of a sibling was taken for the "
     "parent's",
     "start each sibling from the parent's context: in Go `_, span := tracer.Start(ctx, ...)`, not "
     "`ctx, span :=`; set attributes before End"},
    {"sync_exporter", 4, "every span is exported alone, while its request waits",
     "use a batch processor in place of the simple one (in Go WithBatcher, not WithSyncer)"},
    {"many_attributes", 4, "spans carry very many attributes",
     "set fewer attributes, or limit them: OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"},
    {"unended", 5, "spans are started and never ended",
     "end each span on every way out: in Go `defer span.End()` right after Start"},
    {"full_queue", 5, "the queue of the batch processor was full, and spans were dropped",
     "make the queue longer (OTEL_BSP_MAX_QUEUE_SIZE, 2048 is usual), export sooner "
     "(OTEL_BSP_SCHEDULE_DELAY), or sample less"},
    {"leak", 5, "memory grows with every span",
     "look for what keeps spans or their contexts: a list, a map, a goroutine that never ends; a "
     "heap profile names it"},
    {"code_over_env", 6, "the code sets the sampler, and what the environment says is not heeded",
     "do not set a sampler in the code, or make it parent-based: then OTEL_TRACES_SAMPLER decides"},
    {"sampler_ratio", 6, "a sampler of the service drops traces that its caller has sampled",
     "use a parent-based sampler, or say in the suite what the arm keeps: \"keeps\""},
    {"spans_per_request", 0, "the suite says another number of spans per request than there is",
     "correct spans_per_request of the target"},
    {"lost_on_the_way", 2, "spans leave the target and do not arrive",
     "look at what lies between the target and the sink, and at what its SDK says"},
};

}  // namespace

std::span<const Fault> fault_catalog() { return kFaults; }

const Fault& fault_named(std::string_view name) {
  const auto* found = std::ranges::find(kFaults, name, &Fault::name);
  if (found == std::end(kFaults)) throw std::out_of_range("no such fault");
  return *found;
}

}  // namespace tracetax
