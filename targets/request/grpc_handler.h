// What a gRPC method does, message by message, without waiting: grpc_call.cc carries its steps out.
// One handler per call, as grpc-go has one goroutine per call; the four kinds of methods differ
// only in which steps they take.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tracetax {

/// The next thing to do for a call.
struct GrpcStep {
  enum class Kind {
    read,              // the client's next message, or the end of them
    write,             // `message`, after `pause`; then on_written()
    write_and_finish,  // `message` and the status OK
    finish,            // `status`
    forward,           // `message` to the same method of the service behind; then on_answer()
  };
  Kind kind = Kind::read;
  grpc::ByteBuffer message;
  grpc::Status status;
  std::chrono::milliseconds pause{0};
};

/// One thread. Every function says what comes next.
class GrpcHandler {
 public:
  virtual ~GrpcHandler() = default;
  virtual GrpcStep on_message(grpc::ByteBuffer& message) = 0;
  /// The client will send no more.
  virtual GrpcStep on_end_of_messages() = 0;
  virtual GrpcStep on_written() { return {}; }
  virtual GrpcStep on_answer(const grpc::Status& status, grpc::ByteBuffer& answer);
};

struct ServedMethod {
  std::string_view path;  // "/bench.v1.Bench/Echo"
  std::unique_ptr<GrpcHandler> (*make)();
};
using GrpcMethods = std::vector<ServedMethod>;

/// Steps in words.
[[nodiscard]] inline GrpcStep read_next() { return {}; }
[[nodiscard]] inline GrpcStep finish_with(grpc::Status status) {
  return {.kind = GrpcStep::Kind::finish, .message = {}, .status = std::move(status)};
}
[[nodiscard]] inline GrpcStep fail_with(grpc::StatusCode code, const std::string& why) {
  return finish_with(grpc::Status(code, why));
}
/// One of the kinds with a message.
template <typename Message>
[[nodiscard]] GrpcStep send_message(GrpcStep::Kind kind, const Message& message) {
  GrpcStep step{.kind = kind, .message = {}, .status = {}};
  bool owned = false;
  step.status = grpc::SerializationTraits<Message>::Serialize(message, &step.message, &owned);
  if (!step.status.ok()) step.kind = GrpcStep::Kind::finish;
  return step;
}

/// False when the bytes are no such message. Takes the buffer's content.
template <typename Message>
[[nodiscard]] bool decode_message(grpc::ByteBuffer& bytes, Message& message) {
  return grpc::SerializationTraits<Message>::Deserialize(&bytes, &message).ok();
}
/// What grpc-go answers to bytes that it cannot decode.
[[nodiscard]] GrpcStep undecodable();
/// The client of a unary or server-streaming method ended without a message.
[[nodiscard]] GrpcStep no_message();

/// A unary method, or a bidirectional one that answers each message with one.
template <typename Request, typename Reply>
class AnswerEach final : public GrpcHandler {
 public:
  using Answer = grpc::Status (*)(const Request& request, Reply& reply);
  AnswerEach(Answer answer, bool streams) : answer_(answer), streams_(streams) {}

  GrpcStep on_message(grpc::ByteBuffer& message) override {
    if (!decode_message(message, request_)) return undecodable();
    reply_.Clear();
    auto status = answer_(request_, reply_);
    if (!status.ok()) return finish_with(std::move(status));
    return send_message(streams_ ? GrpcStep::Kind::write : GrpcStep::Kind::write_and_finish,
                        reply_);
  }
  GrpcStep on_end_of_messages() override { return streams_ ? finish_with({}) : no_message(); }

 private:
  const Answer answer_;
  const bool streams_;
  Request request_;
  Reply reply_;
};

}  // namespace tracetax
