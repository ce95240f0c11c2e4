// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/faults/faults.h"

#include <array>

namespace tracetax {
namespace {

constexpr auto kFaults = std::to_array<CatalogEntry<TracingFault>>({
    {"no_shutdown", "SIGTERM ends it without a flush: what is in the queue is lost",
     TracingFault::no_shutdown},
    {"no_exporter", "its provider has no processor and no exporter", TracingFault::no_exporter},
    {"rate_zero", "its code sets the sampler TraceIDRatioBased{0}", TracingFault::rate_zero},
    {"wrong_address", "its code sets an endpoint where nobody listens",
     TracingFault::wrong_address},
    {"no_propagator", "no propagator is installed: the caller's context is not read",
     TracingFault::no_propagator},
    {"no_inject", "its client does not send the context on; needs a target that calls another",
     TracingFault::no_inject},
    {"background_context",
     "spans inside others begin with an empty context: each is a root; needs such spans",
     TracingFault::background_context},
    {"sync_exporter", "a simple processor: who ends a span sends it and waits",
     TracingFault::sync_exporter},
    {"many_attributes", "128 attributes more on each span", TracingFault::many_attributes},
    {"unended", "every second server span never ends, and no span inside another does",
     TracingFault::unended},
    {"full_queue", "a queue of 16 spans, emptied every OTEL_BSP_SCHEDULE_DELAY only",
     TracingFault::full_queue},
    {"leak", "every span is kept in memory for ever", TracingFault::leak},
    {"code_over_env",
     "its code sets the sampler AlwaysOn: neither the environment nor the caller is heeded",
     TracingFault::code_over_env},
    {"ctx_shadow",
     "each inner span becomes the parent of the next, and its attribute is set after its end; "
     "needs --inner-spans",
     TracingFault::ctx_shadow},
});

}  // namespace

std::span<const CatalogEntry<TracingFault>> tracing_fault_catalog() { return kFaults; }

std::string_view name_of(TracingFault fault) {
  return kFaults[static_cast<std::size_t>(fault)].name;
}

Result<TracingFaults> tracing_faults_of(const std::vector<std::string>& names) {
  TracingFaults faults;
  for (const std::string& name : names) {
    const auto fault = find_in_catalog(tracing_fault_catalog(), "fault", name);
    if (!fault) return failure(fault.error());
    faults.add(*fault);
  }
  return faults;
}

}  // namespace tracetax
