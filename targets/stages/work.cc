// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/work.h"

#include <fmt/format.h>

#include <ctime>

#include "harness/core/trace_context.h"

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
    Nanos work = spec_.per_request;
    if (spec_.per_sampled > Nanos(0)) {
      const auto caller = parse_traceparent(exchange.header("traceparent"));
      if (caller && caller->sampled()) work += spec_.per_sampled;
    }
    if (work > Nanos(0)) {
      const Nanos until = thread_cpu() + work;
      while (thread_cpu() < until) {
      }
    }
    next(exchange);
  }

  std::string describe() const override {
    return fmt::format("work: {} of CPU per sampled request, {} per request",
                       format_duration(spec_.per_sampled), format_duration(spec_.per_request));
  }

 private:
  WorkSpec spec_;
};

}  // namespace

StagePointer make_stage(const WorkSpec& spec) { return std::make_unique<WorkStage>(spec); }

}  // namespace tracetax
