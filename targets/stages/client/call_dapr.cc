// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/call_dapr.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

#include "targets/request/rejection.h"
#include "targets/stages/client/blocking_connection.h"
#include "targets/stages/client/grpc_back.h"
#include "targets/stages/codec/dapr_messages.h"
#include "targets/stages/proto/dapr.grpc.pb.h"

namespace tracetax {
namespace {

using dapr::proto::internals::v1::ServiceInvocation;

class DaprCallStage final : public Stage {
 public:
  DaprCallStage(const DaprCallSpec& spec, const GrpcAddress& to)
      : spec_(spec), to_(to), stub_(ServiceInvocation::NewStub(open_grpc_channel(to))) {}

  void handle(Exchange& exchange, Next) const override {
    if (exchange.status >= 400) return;  // answered by a stage before
    DaprInvocation invocation;
    if (!parse_invocation(exchange.path, invocation)) return answer(exchange, 404, "not found");
    // Kept as a whole, so that another attempt can send them again.
    const auto messages = make_dapr_request(exchange, invocation.path);
    if (to_.port == 0) return answer(exchange, 200, "{}");
    grpc::Status status;
    for (int attempt = 0; attempt < spec_.attempts; ++attempt) {
      status = call(messages, exchange);
      if (status.error_code() != grpc::StatusCode::UNAVAILABLE) break;
    }
    if (!status.ok()) answer(exchange, 500, status.error_message());
  }

  std::string describe() const override {
    return fmt::format("proxy: HTTP to a gRPC stream of messages to the other sidecar, {} attempts",
                       spec_.attempts);
  }

 private:
  static void answer(Exchange& exchange, unsigned status, std::string_view why) {
    reject(exchange, {.status = status, .content_type = kPlainText, .text = why});
  }

  grpc::Status call(const std::vector<DaprRequest>& messages, Exchange& exchange) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kCallTimeout);
    for (const AnswerHeader& header : exchange.call_headers) {
      context.AddMetadata(header.name, header.value);
    }
    const auto stream = stub_->CallLocalStream(&context);
    for (const DaprRequest& message : messages) {
      if (!stream->Write(message)) break;  // Finish says why
    }
    stream->WritesDone();
    DaprResponse response;
    exchange.answer.clear();
    while (stream->Read(&response)) take(response, exchange);
    return stream->Finish();
  }

  static void take(const DaprResponse& response, Exchange& exchange) {
    if (response.has_response()) {
      exchange.status = static_cast<unsigned>(response.response().status().code());
      exchange.content_type =
          response.response().message().content_type().starts_with("application/json")
              ? std::string_view("application/json")
              : kPlainText;
    }
    exchange.answer += response.payload().data();
  }

  const DaprCallSpec spec_;
  const GrpcAddress to_;
  const std::unique_ptr<ServiceInvocation::Stub> stub_;
};

}  // namespace

StagePointer make_stage(const DaprCallSpec& spec, const GrpcAddress& to) {
  return std::make_unique<DaprCallStage>(spec, to);
}

}  // namespace tracetax
