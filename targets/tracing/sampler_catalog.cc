// Every sampler by the name that OTEL_TRACES_SAMPLER gives it.
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "targets/tracing/sampler.h"

namespace tracetax {
namespace {

using Entry = CatalogEntry<MakeSampler>;

constexpr std::array kSamplers{
    Entry{"always_off", "no span", [](SampleRate) { return make_always_off(); }},
    Entry{"always_on", "every span", [](SampleRate) { return make_always_on(); }},
    Entry{"parentbased_always_off", "as the parent says; roots: no",
          [](SampleRate) { return make_parent_based(make_always_off()); }},
    Entry{"parentbased_always_on", "as the parent says; roots: yes (the default)",
          [](SampleRate) { return make_parent_based(make_always_on()); }},
    Entry{"parentbased_traceidratio", "as the parent says; roots: by trace id",
          [](SampleRate ratio) { return make_parent_based(make_trace_id_ratio(ratio)); }},
    Entry{"traceidratio", "by trace id, whatever the parent says",
          [](SampleRate ratio) { return make_trace_id_ratio(ratio); }},
};

}  // namespace

std::span<const CatalogEntry<MakeSampler>> sampler_catalog() { return kSamplers; }

}  // namespace tracetax
