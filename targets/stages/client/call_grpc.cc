// Calls over one gRPC channel per address, each of which its thread waits for. The message is an
// Echo in protobuf, whatever the method.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_unary_call.h>

#include <boost/beast/core/string.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>

#include "targets/request/status.h"
#include "targets/request/steady_nanos.h"
#include "targets/stages/client/blocking_connection.h"
#include "targets/stages/client/call_wire.h"
#include "targets/stages/client/grpc_back.h"
#include "targets/stages/codec/codec.h"

namespace tracetax {
namespace {

/// Metadata have names in lower case only.
std::string metadata_name(std::string_view prefix, std::string_view name) {
  std::string lower(prefix);
  for (const char c : name) lower += boost::beast::detail::ascii_tolower(c);
  return lower;
}

class GrpcCallStage final : public Stage {
 public:
  GrpcCallStage(const CallSpec& spec, const GrpcAddress& to)
      : spec_(spec),
        address_(fmt::format("{}:{}", to.host, to.port)),
        codec_(make_codec(CodecKind::protobuf)) {}

  void handle(Exchange& exchange, Next) const override {
    if (exchange.status >= 400) return;  // answered by a stage before
    std::string bytes;
    codec_->encode(exchange.request, bytes);
    const std::string_view to = exchange.upstream.empty() ? address_ : exchange.upstream;
    if (to.ends_with(":0")) return answer_call_alone(exchange);
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer message(&slice, 1);
    grpc::ByteBuffer answer;
    const grpc::Status status = call(*channel_to(to), exchange, message, answer);
    if (!status.ok()) {
      const auto code = static_cast<std::int64_t>(status.error_code());
      return fail_call(exchange, status_of_grpc_code(code), status.error_message());
    }
    grpc::Slice whole;
    exchange.reply = Echo{};
    if (!answer.DumpToSingleSlice(&whole).ok() ||
        !codec_->decode({reinterpret_cast<const char*>(whole.begin()), whole.size()}, Action::echo,
                        exchange.reply)) {
      fail_call(exchange, 502, "the service behind gave no proper answer");
    }
  }

  std::string describe() const override {
    return "call: the service behind over gRPC, one channel per address";
  }

 private:
  std::shared_ptr<grpc::Channel> channel_to(std::string_view address) const {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = channels_.find(address); found != channels_.end())
        return found->second;
    }
    const std::lock_guard lock(mutex_);
    auto& channel = channels_[std::string(address)];
    if (channel == nullptr) channel = open_grpc_channel(grpc_address_of(address));
    return channel;
  }

  grpc::Status call(grpc::Channel& channel, const Exchange& exchange,
                    const grpc::ByteBuffer& message, grpc::ByteBuffer& answer) const {
    grpc::ClientContext context;
    const Nanos longest = kCallTimeout;
    const Nanos left =
        exchange.call_deadline > Nanos(0) ? exchange.call_deadline - steady_nanos() : longest;
    context.set_deadline(std::chrono::system_clock::now() + left);
    for (const AnswerHeader& header : exchange.call_headers) {
      context.AddMetadata(metadata_name(spec_.header_prefix, header.name), header.value);
    }
    const std::string path(exchange.path);
    const grpc::internal::RpcMethod method(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
    return grpc::internal::BlockingUnaryCall(&channel, method, &context, message, &answer);
  }

  const CallSpec spec_;
  const std::string address_;  // HOST:PORT, the one where no stage picked any
  const std::unique_ptr<const Codec> codec_;
  mutable std::shared_mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>> channels_;
};

}  // namespace

StagePointer make_grpc_call(const CallSpec& spec, const GrpcAddress& to) {
  return std::make_unique<GrpcCallStage>(spec, to);
}

}  // namespace tracetax
