// The stage `program`: in the place of a framework's own handler it does the steps of the route
// that the router has found.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "targets/program/answer.h"
#include "targets/program/program.h"
#include "targets/program/value_text.h"
#include "targets/request/rejection.h"

namespace tracetax {
namespace {

class ProgramStage final : public Stage {
 public:
  ProgramStage(const Program& program, const AnswerForm& form) : program_(program), form_(form) {}

  void handle(Exchange& exchange, Next) const override {
    if (exchange.route == nullptr) return;  // answered by the route stage
    const RouteProgram* route = exchange.route->program;
    if (route == nullptr) {
      exchange.content_type = form_.content_type;
      exchange.answer = exchange.route->endpoint == Action::health ? R"({"status":"ok"})" : "{}";
      return;
    }
    StepWalk walk;
    if (const auto status = read_values(exchange, walk.values); !status) {
      return reject(exchange, {400, kPlainText, status.error().message});
    }
    // Behind a stage with a thread of its own the span itself is somebody else's by now.
    std::optional<Span> context;
    walk.parent = exchange.span;
    if (walk.parent == nullptr && exchange.instrumented) {
      walk.parent = &context.emplace(Tracer::span_of_context(exchange.trace));
    }
    const StepEnd end = program_.run(*route->steps, walk);
    write_program_answer(form_, walk, end, exchange);
  }

  std::string describe() const override {
    return fmt::format("program: the steps of {} routes of service {}",
                       program_.service().routes.size(), program_.service().name);
  }

 private:
  static Status read_values(const Exchange& exchange, Values& values) {
    for (const auto& [name, value] : exchange.params.all()) values.set(name, std::string(value));
    if (const auto* echo = std::get_if<Echo>(&exchange.request)) {
      return take_json(echo->text, values);
    }
    take_query(exchange.query, values);
    return take_json(exchange.body, values);
  }

  const Program& program_;
  const AnswerForm form_;
};

}  // namespace

MakeHandler Program::handler() const {
  return [this] { return std::make_unique<ProgramStage>(*this, answer_form(framework())); };
}

}  // namespace tracetax
