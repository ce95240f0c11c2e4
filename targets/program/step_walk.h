// A request, or a message, on its way through the steps.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "targets/legs/values.h"
#include "targets/tracing/tracer.h"

namespace tracetax {

/// What all steps of one walk share. One thread; a parallel step gives each thread one of its own.
struct StepWalk {
  const Span* parent = nullptr;  // of the spans that steps make; null: nothing traces
  Values values;
  std::vector<std::string> labels;  // of the branches taken here and in the services called
};

/// How a list of steps ended.
struct StepEnd {
  enum class Kind {
    go_on,     // with the next step
    answered,  // the route ends with `status`
    failed,    // a leg or a call broke: 503
  };
  Kind kind = Kind::go_on;
  unsigned status = 200;
  std::string why;  // of `failed`: one line

  [[nodiscard]] bool goes_on() const { return kind == Kind::go_on; }
};
[[nodiscard]] inline StepEnd answered(unsigned status) {
  return {StepEnd::Kind::answered, status, {}};
}
[[nodiscard]] inline StepEnd failed_step(std::string why) {
  return {StepEnd::Kind::failed, 503, std::move(why)};
}

}  // namespace tracetax
