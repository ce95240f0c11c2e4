// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/client/grpc_chain.h"

#include <grpcpp/support/slice.h>

#include <string>

#include "targets/request/status.h"

namespace tracetax {
namespace {

void copy_metadata(const grpc::GenericServerContext& context, Exchange::Headers& headers) {
  for (const auto& [name, value] : context.client_metadata()) {
    headers.insert(boost::beast::string_view(name.data(), name.size()),
                   boost::beast::string_view(value.data(), value.size()));
  }
  headers.insert(boost::beast::http::field::content_type, "application/grpc");
}

class ChainHandler final : public GrpcHandler {
 public:
  ChainHandler(const Chain& chain, const GrpcAddress& local, grpc::GenericServerContext& context)
      : chain_(chain), local_(local), context_(context) {}

  GrpcStep on_message(grpc::ByteBuffer& message) override {
    grpc::Slice bytes;
    if (!message.TrySingleSlice(&bytes).ok() && !message.DumpToSingleSlice(&bytes).ok()) {
      return undecodable();
    }
    Exchange::Headers headers;
    copy_metadata(context_, headers);
    const GrpcAddress peer = parse_grpc_peer(context_.peer());
    Exchange exchange;
    exchange.method = "POST";
    exchange.path = context_.method();
    exchange.headers = &headers;
    exchange.body = {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
    exchange.peer_address = peer.host;
    exchange.peer_port = peer.port;
    exchange.local_address = local_.host;
    exchange.local_port = local_.port;
    chain_.handle(exchange);
    return answer(exchange);
  }

  GrpcStep on_end_of_messages() override { return no_message(); }

 private:
  GrpcStep answer(const Exchange& exchange) {
    for (const auto& [name, value] : exchange.answer_headers) {
      context_.AddInitialMetadata(name, value);
    }
    if (const std::int64_t code = grpc_code_of(exchange.status); code != 0) {
      return fail_with(static_cast<grpc::StatusCode>(code), exchange.answer);
    }
    const grpc::Slice slice(exchange.answer);
    return {.kind = GrpcStep::Kind::write_and_finish,
            .message = grpc::ByteBuffer(&slice, 1),
            .status = {}};
  }

  const Chain& chain_;
  const GrpcAddress& local_;
  grpc::GenericServerContext& context_;
};

}  // namespace

std::unique_ptr<GrpcHandler> make_chain_handler(const Chain& chain, const GrpcAddress& local,
                                                grpc::GenericServerContext& context) {
  return std::make_unique<ChainHandler>(chain, local, context);
}

}  // namespace tracetax
