// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/call.h"

#include <fmt/format.h>

#include <utility>

#include "targets/stages/blocking_connection.h"
#include "targets/stages/call_wire.h"

namespace tracetax {
namespace {

std::unique_ptr<const CallFormat> make_format(const CallSpec& spec, const GrpcAddress& to) {
  switch (spec.wire) {
    case CallWire::http:
      return make_http_call(spec, to);
    case CallWire::micro:
      return make_micro_call(to);
    case CallWire::thrift:
      return make_thrift_call();
  }
  return nullptr;
}

/// What a caller gets when the service behind does not answer.
void fail(Exchange& exchange, unsigned status, std::string_view why) {
  exchange.status = status;
  exchange.content_type = "text/plain; charset=utf-8";
  exchange.answer.assign(why);
  exchange.reply = {};
}

class CallStage final : public Stage {
 public:
  CallStage(const CallSpec& spec, const GrpcAddress& to)
      : to_(to), format_(make_format(spec, to)), connections_(to, spec.idle_most) {}

  void handle(Exchange& exchange, Next) const override {
    if (exchange.status >= 400) return;  // answered by a stage before
    std::string bytes;
    format_->write(exchange, bytes);
    if (to_.port == 0) return answer_alone(exchange);
    auto connection = connections_.take();
    if (!connection) return fail(exchange, 503, connection.error().message);
    if (!(*connection)->send(bytes)) return fail(exchange, 503, "the service behind is gone");
    bytes.clear();
    while ((*connection)->receive(bytes)) {
      switch (format_->read(bytes, exchange)) {
        case CallFormat::Read::need_more:
          continue;
        case CallFormat::Read::whole:
          return connections_.give_back(std::move(*connection));
        case CallFormat::Read::broken:
          return fail(exchange, 502, "the service behind gave no proper answer");
      }
    }
    fail(exchange, 504, "the service behind did not answer");
  }

  std::string describe() const override {
    return fmt::format(
        "call: the service behind over {}, idle connections kept, the last one first",
        format_->name());
  }

 private:
  static void answer_alone(Exchange& exchange) {
    exchange.reply = exchange.request;
    const bool has_message = !std::holds_alternative<std::monostate>(exchange.request);
    exchange.answer = has_message ? "" : "{}";
  }

  const GrpcAddress to_;
  const std::unique_ptr<const CallFormat> format_;
  mutable IdleConnections connections_;
};

}  // namespace

StagePointer make_stage(const CallSpec& spec, const GrpcAddress& to) {
  return std::make_unique<CallStage>(spec, to);
}

}  // namespace tracetax
