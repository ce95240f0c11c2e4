// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/application/bench_service.h"

#include <cstdint>

#include "harness/wire/bench_messages.h"
#include "targets/stages/proto/bench.pb.h"

namespace tracetax {
namespace {

using bench::v1::CollectReply;
using bench::v1::EchoReply;
using bench::v1::EchoRequest;
using bench::v1::FeedRequest;
using Kind = GrpcStep::Kind;

grpc::Status echo(const EchoRequest& request, EchoReply& reply) {
  reply.set_text(request.text());
  return {};
}
using EchoEach = AnswerEach<EchoRequest, EchoReply>;

std::unique_ptr<GrpcHandler> make_echo() { return std::make_unique<EchoEach>(echo, false); }
std::unique_ptr<GrpcHandler> make_chat() { return std::make_unique<EchoEach>(echo, true); }

grpc::Status get_user(const bench::v1::GetUserRequest& request, bench::v1::User& reply) {
  BenchUser user = bench_user(request.id());
  reply.set_id(user.id);
  reply.set_name(std::move(user.name));
  reply.set_email(std::move(user.email));
  reply.set_created_at(std::move(user.created_at));
  return {};
}
std::unique_ptr<GrpcHandler> make_get_user() {
  return std::make_unique<AnswerEach<bench::v1::GetUserRequest, bench::v1::User>>(get_user, false);
}

// The message is decoded and encoded again on both ways, as a service that calls another one does.
class ForwardedEcho final : public GrpcHandler {
 public:
  GrpcStep on_message(grpc::ByteBuffer& message) override {
    EchoRequest request;
    if (!decode_message(message, request)) return undecodable();
    return send_message(Kind::forward, request);
  }
  GrpcStep on_end_of_messages() override { return no_message(); }
  GrpcStep on_answer(const grpc::Status& status, grpc::ByteBuffer& answer) override {
    if (!status.ok()) return finish_with(status);
    EchoReply reply;
    if (!decode_message(answer, reply)) return undecodable();
    return send_message(Kind::write_and_finish, reply);
  }
};

std::unique_ptr<GrpcHandler> make_forwarded_echo() { return std::make_unique<ForwardedEcho>(); }

class Collect final : public GrpcHandler {
 public:
  GrpcStep on_message(grpc::ByteBuffer& message) override {
    if (!decode_message(message, request_)) return undecodable();
    ++messages_;
    bytes_ += request_.text().size();
    return read_next();
  }
  GrpcStep on_end_of_messages() override {
    CollectReply reply;
    reply.set_messages(messages_);
    reply.set_bytes(bytes_);
    return send_message(Kind::write_and_finish, reply);
  }

 private:
  EchoRequest request_;
  std::uint32_t messages_ = 0;
  std::uint64_t bytes_ = 0;
};

std::unique_ptr<GrpcHandler> make_collect() { return std::make_unique<Collect>(); }

class Feed final : public GrpcHandler {
 public:
  GrpcStep on_message(grpc::ByteBuffer& message) override {
    if (!decode_message(message, request_)) return undecodable();
    if (std::chrono::milliseconds(request_.pause_ms()) > kLongestPause) {
      return fail_with(grpc::StatusCode::INVALID_ARGUMENT, "pause_ms: at most 600000 (10 minutes)");
    }
    reply_.set_text(request_.text());
    return next();
  }
  GrpcStep on_end_of_messages() override { return no_message(); }
  GrpcStep on_written() override { return next(); }

 private:
  GrpcStep next() {
    if (sent_ == request_.count()) return finish_with({});
    ++sent_;
    GrpcStep step = send_message(Kind::write, reply_);
    if (sent_ == request_.pause_before())
      step.pause = std::chrono::milliseconds(request_.pause_ms());
    return step;
  }

  FeedRequest request_;
  EchoReply reply_;
  std::uint32_t sent_ = 0;
};

std::unique_ptr<GrpcHandler> make_feed() { return std::make_unique<Feed>(); }

}  // namespace

GrpcMethods bench_methods(bool forwards_echo) {
  return {{"/bench.v1.Bench/Echo", forwards_echo ? make_forwarded_echo : make_echo},
          {"/bench.v1.Bench/GetUser", make_get_user},
          {"/bench.v1.Bench/Collect", make_collect},
          {"/bench.v1.Bench/Feed", make_feed},
          {"/bench.v1.Bench/Chat", make_chat}};
}

}  // namespace tracetax
