// SPDX-License-Identifier: Apache-2.0
#include "targets/service/dapr_handler.h"

#include <deque>
#include <string>

#include "targets/stages/codec/dapr_messages.h"

namespace tracetax {
namespace {

class DaprHandler final : public GrpcHandler {
 public:
  DaprHandler(const Chain& chain, const GrpcAddress& local, grpc::GenericServerContext& context)
      : chain_(chain), local_(local), context_(context) {}

  GrpcStep on_message(grpc::ByteBuffer& bytes) override {
    DaprRequest message;
    if (context_.method() != kDaprMethod) {
      return fail_with(grpc::StatusCode::UNIMPLEMENTED, "unknown method " + context_.method());
    }
    if (!decode_message(bytes, message)) return undecodable();
    if (message.has_request()) request_ = std::move(*message.mutable_request());
    if (body_.size() + message.payload().data().size() > kDaprBodyLimit) {
      return fail_with(grpc::StatusCode::RESOURCE_EXHAUSTED, "the body is larger than 4 MiB");
    }
    body_ += message.payload().data();
    return read_next();
  }

  GrpcStep on_end_of_messages() override {
    if (!request_.has_message()) return no_message();
    handle();
    return next();
  }

  GrpcStep on_written() override { return next(); }

 private:
  GrpcStep next() {
    if (answers_.empty()) return finish_with({});
    const bool last = answers_.size() == 1;
    GrpcStep step = send_message(last ? GrpcStep::Kind::write_and_finish : GrpcStep::Kind::write,
                                 answers_.front());
    answers_.pop_front();
    return step;
  }

  void handle() {
    Exchange::Headers headers;
    for (const auto& [name, values] : request_.metadata()) {
      for (const std::string& value : values.values()) headers.insert(name, value);
    }
    // The sidecar's own context replaces the application's, which came as metadata too.
    for (const auto& [name, value] : context_.client_metadata()) {
      headers.set(boost::beast::string_view(name.data(), name.size()),
                  boost::beast::string_view(value.data(), value.size()));
    }
    const GrpcAddress peer = parse_grpc_peer(context_.peer());
    Exchange exchange;
    exchange.method = dapr_verb(request_.message().http_extension().verb());
    exchange.path = request_.message().method();
    exchange.query = request_.message().http_extension().querystring();
    exchange.headers = &headers;
    exchange.body = body_;
    exchange.peer_address = peer.host;
    exchange.peer_port = peer.port;
    exchange.local_address = local_.host;
    exchange.local_port = local_.port;
    chain_.handle(exchange);
    for (DaprResponse& answer : make_dapr_response(exchange)) {
      answers_.push_back(std::move(answer));
    }
  }

  const Chain& chain_;
  const GrpcAddress& local_;
  grpc::GenericServerContext& context_;
  dapr::proto::internals::v1::InternalInvokeRequest request_;
  std::string body_;
  std::deque<DaprResponse> answers_;
};

}  // namespace

std::unique_ptr<GrpcHandler> make_dapr_handler(const Chain& chain, const GrpcAddress& local,
                                               grpc::GenericServerContext& context) {
  return std::make_unique<DaprHandler>(chain, local, context);
}

}  // namespace tracetax
