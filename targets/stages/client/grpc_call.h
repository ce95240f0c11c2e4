// One gRPC call from its arrival to its status, as a state machine on a completion queue: at any
// time exactly one operation is under way, and its tag is the call. Internal to grpc_server.cc.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "targets/request/grpc_handler.h"
#include "targets/stages/application/work.h"
#include "targets/stages/client/grpc_back.h"
#include "targets/stages/client/grpc_chain.h"
#include "targets/stages/trace/grpc_trace.h"

namespace tracetax {

/// What all calls of a server share; read only while it runs.
struct GrpcServing {
  std::unordered_map<std::string, std::unique_ptr<GrpcHandler> (*)()> methods;
  const Chain* chain =
      nullptr;  // answers every method that is not in `methods`; null: there is none
  MakeChainHandler make_handler = make_chain_handler;  // of the chain
  bool waits = false;  // the chain waits for others: a loop has one call at a time
  WorkSpec work;
  const GrpcInstrumentation* instrumentation = nullptr;  // null: state absent
  GrpcBack* back = nullptr;                              // null: there is none
  GrpcAddress address;                                   // where the server listens
};

class ServedCall;

/// One thread's share of a server.
struct GrpcLoop {
  const GrpcServing& serving;
  grpc::AsyncGenericService& service;
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
  std::unordered_set<ServedCall*> pausing{};
  std::atomic<int> active{0};  // calls that have started and not ended; written by the loop only
};

class ServedCall {
 public:
  /// Makes a call that waits for a client. It belongs to the queue; proceed() and abandon() delete
  /// it.
  static void await(GrpcLoop& loop);
  /// The operation under way has ended.
  void proceed(bool ok);
  /// The same, when no new operation may be started any more.
  void abandon() { delete this; }
  /// Lets the pause, if it is in one, end now.
  void end_pause();

 private:
  enum class State { waiting, reading, pausing, writing, forwarding, finishing };

  explicit ServedCall(GrpcLoop& loop) : loop_(loop), stream_(&context_) {}
  ~ServedCall() = default;

  void start();
  void carry_out(GrpcStep step);
  void write();
  void forward(const grpc::ByteBuffer& message);
  void finish(const grpc::Status& status);
  GrpcStep received();
  GrpcStep answered();
  void end(bool delivered);
  void add_active(int change);

  GrpcLoop& loop_;
  State state_ = State::waiting;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_;
  grpc::ByteBuffer buffer_;  // of the message that is read or written
  std::unique_ptr<GrpcHandler> handler_;
  std::string_view traceparent_;  // in context_
  bool worked_ = false;
  grpc::Status status_;
  std::optional<TracedCall> traced_;
  std::unique_ptr<GrpcBackCall> back_call_;
  std::unique_ptr<grpc::Alarm> alarm_;
};

}  // namespace tracetax
