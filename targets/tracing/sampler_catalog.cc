// Every sampler by the name that OTEL_TRACES_SAMPLER gives it. always_*, traceidratio and
// parentbased_* are OpenTelemetry's names; the others are ours.
// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "targets/tracing/sampler.h"

namespace tracetax {

// One line declares sampler_NAME(argument), which is in a file of samplers/, and lists it.
#define SAMPLER(name, help)                                                \
  extern Result<SamplerPointer> sampler_##name(std::string_view argument); \
  all.push_back({#name, help, sampler_##name})

static std::vector<CatalogEntry<MakeSampler>> every_sampler() {
  std::vector<CatalogEntry<MakeSampler>> all;
  SAMPLER(adaptive_load, "errors > 1 %: ten times base; > 10 k/s: 0.01 %");
  SAMPLER(adaptive_priority, "1 %, and all whose first attributes say high or error");
  SAMPLER(always_off, "no span");
  SAMPLER(always_on, "every span");
  SAMPLER(jaeger_adaptive, "1 trace/s of each operation, as Jaeger adapts it");
  SAMPLER(parentbased_always_off, "as the parent says; roots: no");
  SAMPLER(parentbased_always_on, "as the parent says; roots: yes (the default)");
  SAMPLER(parentbased_traceidratio, "as the parent says; roots: by trace id");
  SAMPLER(probability, "by 56 bits, told as ot=th: the specification's new one");
  SAMPLER(rate_limiting, "at most so many traces/s, first come (100/s)");
  SAMPLER(traceidratio, "by trace id, whatever the parent says");
  return all;
}

std::span<const CatalogEntry<MakeSampler>> sampler_catalog() {
  static const std::vector<CatalogEntry<MakeSampler>> kSamplers = every_sampler();
  return kSamplers;
}

}  // namespace tracetax
