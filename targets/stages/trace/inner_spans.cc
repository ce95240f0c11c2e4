// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/trace/inner_spans.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

namespace tracetax {
namespace {

class InnerSpansStage final : public Stage {
 public:
  InnerSpansStage(const InnerSpansSpec& spec, Tracer& tracer)
      : tracer_(tracer), shadows_(tracer.faults().has(TracingFault::ctx_shadow)) {
    for (int i = 1; i <= spec.count; ++i) names_.push_back(fmt::format("step {}", i));
  }

  void handle(Exchange& exchange, Next next) const override {
    if (exchange.span != nullptr) make_spans(*exchange.span);
    next(exchange);
  }

  std::string describe() const override {
    return fmt::format("inner spans: {} INTERNAL, one after another, each with an attribute",
                       names_.size());
  }

 private:
  void make_spans(const Span& around) const {
    std::optional<Span> before;
    for (const std::string& name : names_) {
      // TracingFault::ctx_shadow: `ctx, span := tracer.Start(ctx, ...)` for each step in one scope.
      const Span& parent = shadows_ && before ? *before : around;
      Span span = tracer_.start_child_span(name, SpanKind::internal, parent, {});
      if (shadows_) span.end();
      span.set_attributes({{"step.result", std::string("done")}});
      span.end();
      before.emplace(std::move(span));
    }
  }

  Tracer& tracer_;
  const bool shadows_;
  std::vector<std::string> names_;
};

}  // namespace

StagePointer make_stage(const InnerSpansSpec& spec, Tracer& tracer) {
  return std::make_unique<InnerSpansStage>(spec, tracer);
}

}  // namespace tracetax
