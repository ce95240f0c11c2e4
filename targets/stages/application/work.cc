// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/application/work.h"

#include <fmt/format.h>

#include <ctime>
#include <string>
#include <vector>

#include "harness/core/request/trace_context.h"
#include "targets/stages/application/busy_thread.h"
#include "targets/tracing/tracer.h"

namespace tracetax {
namespace {

Nanos thread_cpu() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + Nanos(now.tv_nsec);
}

/// Attributes point to their keys, and spans outlive requests.
const std::vector<std::string>& attribute_keys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> all;
    for (int i = 0; i < kMostSpanAttributes; ++i)
      all.push_back(fmt::format("application.item.{:03}", i));
    return all;
  }();
  return keys;
}

Attributes span_attributes(int count) {
  const std::vector<std::string>& keys = attribute_keys();
  Attributes attributes;
  attributes.reserve(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
    attributes.push_back({keys[i], std::string("twenty characters :)")});
  return attributes;
}

class WorkStage final : public Stage {
 public:
  explicit WorkStage(const WorkSpec& spec) : spec_(spec) {}

  void handle(Exchange& exchange, Next next) const override {
    burn_work(spec_, exchange.header("traceparent"));
    if (spec_.span_attributes > 0 && exchange.span != nullptr)
      exchange.span->set_attributes(span_attributes(spec_.span_attributes));
    next(exchange);
  }

  std::string describe() const override { return describe_work(spec_); }

 private:
  WorkSpec spec_;
};

}  // namespace

StagePointer make_stage(const WorkSpec& spec) { return std::make_unique<WorkStage>(spec); }

void burn_work(const WorkSpec& spec, std::string_view traceparent) {
  Nanos work = spec.per_request;
  if (spec.per_sampled > Nanos(0) || spec.beside_sampled > Nanos(0)) {
    const auto caller = parse_traceparent(traceparent);
    if (caller && caller->sampled()) {
      work += spec.per_sampled;
      if (spec.beside_sampled > Nanos(0)) burn_beside(spec.beside_sampled);
    }
  }
  burn_cpu(work);
}

void burn_cpu(Nanos work) {
  if (work <= Nanos(0)) return;
  const Nanos until = thread_cpu() + work;
  while (thread_cpu() < until) {
  }
}

std::string describe_work(const WorkSpec& spec) {
  std::string text =
      fmt::format("work: {} of CPU per sampled request, {} per request",
                  format_duration(spec.per_sampled), format_duration(spec.per_request));
  if (spec.beside_sampled > Nanos(0)) {
    text += fmt::format(", {} per sampled request on a thread beside",
                        format_duration(spec.beside_sampled));
  }
  if (spec.span_attributes > 0)
    text += fmt::format(", {} attributes added to the span", spec.span_attributes);
  return text;
}

}  // namespace tracetax
