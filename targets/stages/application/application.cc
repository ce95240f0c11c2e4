// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/application/application.h"

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

#include "harness/wire/bench_messages.h"
#include "targets/request/rejection.h"

namespace tracetax {
namespace {

class ApplicationStage final : public Stage {
 public:
  explicit ApplicationStage(const ApplicationSpec& spec) : spec_(spec) {}

  void handle(Exchange& exchange, Next) const override {
    if (exchange.route == nullptr) return;  // answered by the route stage
    switch (exchange.asked.fails ? Action::fails : exchange.route->endpoint) {
      case Action::get_user:
        return get_user(exchange);
      case Action::create_user:
        return create_user(exchange);
      case Action::echo:
        return echo(exchange);
      case Action::health:
        exchange.answer = R"({"status":"ok"})";
        break;
      case Action::filler:
        exchange.answer = "{}";
        break;
      case Action::fails:
        return fail(exchange);
    }
    exchange.content_type = "application/json";
  }

  std::string describe() const override {
    return "application: GetUser, CreateUser and Echo on decoded messages";
  }

 private:
  void refuse(Exchange& exchange, std::string_view why) const {
    if (spec_.refusal == RefusalForm::kratos_error) {
      return refuse_as_kratos(400, "BAD_REQUEST", why, exchange);
    }
    reject(exchange, {.status = 400, .content_type = kPlainText, .text = why});
  }

  void fail(Exchange& exchange) const {
    if (spec_.refusal == RefusalForm::kratos_error) {
      return refuse_as_kratos(500, "INTERNAL", "it fails", exchange);
    }
    exchange.status = 500;
    exchange.content_type = "application/json; charset=utf-8";
    exchange.answer = R"({"error":"it fails"})";
  }

  void get_user(Exchange& exchange) const {
    const auto* request = std::get_if<User>(&exchange.request);
    if (request == nullptr || request->id < 0) {
      return refuse(exchange, "the user id must be a whole number");
    }
    BenchUser known = bench_user(request->id);
    exchange.reply = User{.id = known.id,
                          .name = std::move(known.name),
                          .email = std::move(known.email),
                          .created_at = std::move(known.created_at)};
  }

  void create_user(Exchange& exchange) const {
    const auto* request = std::get_if<User>(&exchange.request);
    if (request == nullptr || request->name.empty())
      return refuse(exchange, "the user needs a name");
    User user = *request;
    user.id = next_id_.fetch_add(1, std::memory_order_relaxed);
    if (user.created_at.empty()) user.created_at = "2024-01-01T00:00:00Z";
    exchange.status = exchange.method.empty() ? 200 : spec_.made;
    exchange.reply = std::move(user);
  }

  void echo(Exchange& exchange) const {
    const auto* request = std::get_if<Echo>(&exchange.request);
    if (request == nullptr) return refuse(exchange, "Echo needs a message");
    exchange.reply = *request;
  }

  ApplicationSpec spec_;
  mutable std::atomic<std::int64_t> next_id_{1};
};

}  // namespace

StagePointer make_stage(const ApplicationSpec& spec) {
  return std::make_unique<ApplicationStage>(spec);
}

}  // namespace tracetax
