// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/application/work.h"

#include <fmt/format.h>

#include <ctime>

#include "harness/core/request/trace_context.h"
#include "targets/stages/application/busy_thread.h"

namespace tracetax {
namespace {

Nanos thread_cpu() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + Nanos(now.tv_nsec);
}

class WorkStage final : public Stage {
 public:
  explicit WorkStage(const WorkSpec& spec) : spec_(spec) {}

  void handle(Exchange& exchange, Next next) const override {
    burn_work(spec_, exchange.header("traceparent"));
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
  return text;
}

}  // namespace tracetax
