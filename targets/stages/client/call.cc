// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/call.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <utility>

#include "targets/request/rejection.h"
#include "targets/request/steady_nanos.h"
#include "targets/stages/client/blocking_connection.h"
#include "targets/stages/client/call_wire.h"

namespace tracetax {
namespace {

std::unique_ptr<const CallFormat> make_format(const CallSpec& spec) {
  switch (spec.wire) {
    case CallWire::http:
      return make_http_call(spec);
    case CallWire::micro:
      return make_micro_call();
    case CallWire::thrift:
      return make_thrift_call();
    case CallWire::tars:
      return make_tars_call();
    case CallWire::grpc:
      break;
  }
  return nullptr;
}

class CallStage final : public Stage {
 public:
  CallStage(const CallSpec& spec, const GrpcAddress& to)
      : address_(fmt::format("{}:{}", to.host, to.port)),
        format_(make_format(spec)),
        pool_(spec.pool) {}

  void handle(Exchange& exchange, Next) const override {
    if (exchange.status >= 400) return;  // answered by a stage before
    const std::string_view to = exchange.upstream.empty() ? address_ : exchange.upstream;
    std::string bytes;
    format_->write(exchange, to, bytes);
    if (to.ends_with(":0")) return answer_call_alone(exchange);
    PooledConnection connection = pool_.take(to, steady_nanos());
    const bool talked = talk(to, bytes, connection, exchange);
    if (exchange.asked.fails) fail_call(exchange, 500, "it fails");
    if (talked) {
      pool_.give_back(to, std::move(connection), steady_nanos());
    } else {
      pool_.discard();
    }
  }

  std::string describe() const override {
    return fmt::format(
        "call: the service behind over {}, up to {} idle connections kept, the last one first",
        format_->name(), pool_.rules().idle_per_address);
  }

 private:
  /// The whole answer, on a connection that is opened if it is new. False: it is of no more use.
  bool talk(std::string_view to, std::string& bytes, PooledConnection& connection,
            Exchange& exchange) const {
    if (!connection.socket) {
      auto opened = BlockingConnection::connect(grpc_address_of(to));
      if (!opened) {
        fail_call(exchange, 503, opened.error().message);
        return false;
      }
      connection.socket = std::move(*opened);
    }
    if (!connection.socket->send(bytes)) {
      fail_call(exchange, 503, "the service behind is gone");
      return false;
    }
    bytes.clear();
    std::size_t least = 0;
    while (connection.socket->receive(bytes, exchange.call_deadline)) {
      if (bytes.size() < least) continue;
      switch (format_->read(bytes, exchange, least)) {
        case CallFormat::Read::need_more:
          continue;
        case CallFormat::Read::whole:
          return true;
        case CallFormat::Read::broken:
          fail_call(exchange, 502, "the service behind gave no proper answer");
          return false;
      }
    }
    fail_call(exchange, 504, "the service behind did not answer");
    return false;
  }

  const std::string address_;  // HOST:PORT, the one where no stage picked any
  const std::unique_ptr<const CallFormat> format_;
  mutable CallPool pool_;
};

}  // namespace

void fail_call(Exchange& exchange, unsigned status, std::string_view why) {
  reject(exchange, {status, kPlainText, why});
  exchange.reply = {};
}

void answer_call_alone(Exchange& exchange) {
  exchange.reply = exchange.request;
  const bool has_message = !std::holds_alternative<std::monostate>(exchange.request);
  exchange.answer = has_message ? "" : "{}";
}

GrpcAddress grpc_address_of(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  GrpcAddress address{std::string(text.substr(0, colon)), 0};
  if (colon != std::string_view::npos)
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), address.port);
  return address;
}

StagePointer make_stage(const CallSpec& spec, const GrpcAddress& to) {
  if (spec.wire == CallWire::grpc) return make_grpc_call(spec, to);
  return std::make_unique<CallStage>(spec, to);
}

}  // namespace tracetax
