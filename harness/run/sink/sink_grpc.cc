// grpc++'s asynchronous generic service: one thread of ours waits in its queue, all of a call
// happens on that thread, and messages come as the bytes they are. Idle, the process wakes a few
// times a second. A payload of 10 KB costs some 46 us of CPU, where OTLP/HTTP costs 16 (2
// vCPUs, loopback, one after another).
// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_grpc.h"

#include <grpc/compression.h>
#include <grpc/support/log.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "harness/core/text/quote.h"
#include "harness/run/process/ports.h"

namespace tracetax {
namespace {

constexpr std::string_view kExport = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
constexpr int kStreamsPerConnection = 100;
constexpr int kIdleMs = 600'000;
constexpr std::chrono::seconds kTick{1};

/// A protobuf message of OTLP starts with the tag 0x0a; what starts like gzip can be nothing else.
[[nodiscard]] bool is_gzip(std::string_view body) { return body.starts_with("\x1f\x8b"); }

[[nodiscard]] std::string bytes_of(const grpc::ByteBuffer& message) {
  std::string bytes;
  std::vector<grpc::Slice> slices;
  if (!message.Dump(&slices).ok()) return bytes;
  bytes.reserve(message.Length());
  for (const grpc::Slice& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

[[nodiscard]] grpc::Status status_of(const PayloadVerdict& verdict) {
  switch (verdict.answer) {
    case PayloadAnswer::accepted:
      return grpc::Status::OK;
    case PayloadAnswer::malformed:
      return {grpc::StatusCode::INVALID_ARGUMENT, verdict.message};
    case PayloadAnswer::no_room:
      return {grpc::StatusCode::UNAVAILABLE, verdict.message};
  }
  return grpc::Status::OK;
}

/// gRPC tells its mishaps on stderr, which is the user's; whoever wants them sets GRPC_VERBOSITY.
void keep_grpc_quiet() {
  if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
}

}  // namespace

/// The server and its one thread, on which every call is taken from step to step.
struct SinkGrpcServer::Listener {
  Listener(PayloadReceiver& to, int seconds) : receiver(to), patience(seconds) {}
  /// The port, or 0 if it cannot be had.
  [[nodiscard]] int start(int port);
  void stop();

 private:
  struct Call {
    enum class Step { awaited, reading, answering };
    Step step = Step::awaited;
    int seconds_left = 0;  // of a step that waits for the peer
    grpc::GenericServerContext context;
    grpc::GenericServerAsyncReaderWriter stream{&context};
    grpc::ByteBuffer message;
  };
  using Slot = std::unique_ptr<Call>;  // its address is the tag of what is under way for the call

  void serve();
  void await(Slot& slot);
  void proceed(Slot& slot, bool ok);
  void end_stalled_calls();
  void answer(Slot& slot, const grpc::Status& status);
  [[nodiscard]] PayloadVerdict take(const grpc::ByteBuffer& message);

  PayloadReceiver& receiver;
  const int patience;
  grpc::AsyncGenericService service;
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
  std::unique_ptr<grpc::Server> server;
  std::array<Slot, kSinkGrpcCalls> slots;
  std::mutex mutex;
  bool closing =
      false;  // a queue that has been shut down takes nothing more, so nothing must be begun
  std::thread thread;
};

int SinkGrpcServer::Listener::start(int port) {
  grpc::ServerBuilder builder;
  int bound = 0;
  builder.AddListeningPort(fmt::format("127.0.0.1:{}", port), grpc::InsecureServerCredentials(),
                           &bound);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // or two sinks would share a port
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnection);
  // Connections that begin and say nothing; those that say nothing more.
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 1000 * patience);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleMs);
  builder.SetMaxReceiveMessageSize(static_cast<int>(kOtlpMaxRequestBytes));
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.RegisterAsyncGenericService(&service);
  queue = builder.AddCompletionQueue();
  server = builder.BuildAndStart();
  if (server) {
    for (Slot& slot : slots) await(slot);
  }
  thread = std::thread([this] { serve(); });
  return server ? bound : 0;
}

void SinkGrpcServer::Listener::stop() {
  {
    const std::lock_guard lock(mutex);
    closing = true;
  }
  if (server) server->Shutdown(std::chrono::system_clock::now());
  queue->Shutdown();
  thread.join();
}

void SinkGrpcServer::Listener::serve() {
  using Next = grpc::CompletionQueue::NextStatus;
  void* tag = nullptr;
  bool ok = false;
  auto tick = std::chrono::system_clock::now() + kTick;
  for (;;) {
    const Next next = queue->AsyncNext(&tag, &ok, tick);
    if (next == Next::SHUTDOWN) return;
    const std::lock_guard lock(mutex);
    if (const auto now = std::chrono::system_clock::now(); now >= tick) {
      tick = now + kTick;
      if (!closing) end_stalled_calls();
    }
    if (next == Next::TIMEOUT) continue;
    Slot& slot = *static_cast<Slot*>(tag);
    if (closing) {
      slot.reset();
    } else {
      proceed(slot, ok);
    }
  }
}

/// Each of these holds one of few places. What such a call waits for then ends with an error.
void SinkGrpcServer::Listener::end_stalled_calls() {
  for (const Slot& slot : slots) {
    if (slot && slot->step != Call::Step::awaited && --slot->seconds_left < 0)
      slot->context.TryCancel();
  }
}

void SinkGrpcServer::Listener::await(Slot& slot) {
  slot = std::make_unique<Call>();
  service.RequestCall(&slot->context, &slot->stream, queue.get(), queue.get(), &slot);
}

/// `ok`: the step under way came to a good end.
void SinkGrpcServer::Listener::proceed(Slot& slot, bool ok) {
  Call& call = *slot;
  switch (call.step) {
    case Call::Step::awaited:
      if (!ok) return await(slot);
      if (call.context.method() != kExport) {
        return answer(slot, {grpc::StatusCode::UNIMPLEMENTED,
                             fmt::format("the one method here is {}; this is {}", kExport,
                                         quote(call.context.method()))});
      }
      call.step = Call::Step::reading;
      call.seconds_left = patience;
      return call.stream.Read(&call.message, &slot);
    case Call::Step::reading:
      // Too large a message has ended the call with gRPC's own status; then this one goes nowhere.
      if (!ok)
        return answer(slot,
                      {grpc::StatusCode::INVALID_ARGUMENT, "the call ended without a message"});
      return answer(slot, status_of(take(call.message)));
    case Call::Step::answering:
      return await(slot);
  }
}

PayloadVerdict SinkGrpcServer::Listener::take(const grpc::ByteBuffer& message) {
  const std::uint64_t now = unix_now_ns();
  if (!receiver.has_room(message.Length())) {
    receiver.no_room();
    return {PayloadAnswer::no_room, "the sink's memory is full"};
  }
  std::string body = bytes_of(message);
  const bool gzip = is_gzip(body);
  return receiver.receive({.body = std::move(body),
                           .format = OtlpFormat::protobuf,
                           .encoding = gzip ? OtlpEncoding::gzip : OtlpEncoding::identity,
                           .arrived_unix_ns = now});
}

void SinkGrpcServer::Listener::answer(Slot& slot, const grpc::Status& status) {
  slot->step = Call::Step::answering;
  slot->seconds_left = patience;
  slot->message.Clear();
  if (!status.ok()) return slot->stream.Finish(status, &slot);
  const grpc::Slice empty;  // an ExportTraceServiceResponse of which nothing is set
  slot->stream.WriteAndFinish(grpc::ByteBuffer(&empty, 1), {}, status, &slot);
}

SinkGrpcServer::SinkGrpcServer(std::unique_ptr<Listener> listener, int port)
    : listener_(std::move(listener)), port_(port) {}

SinkGrpcServer::~SinkGrpcServer() { listener_->stop(); }

Result<std::unique_ptr<SinkGrpcServer>> SinkGrpcServer::listen(int port, PayloadReceiver& receiver,
                                                               int patience) {
  keep_grpc_quiet();
  auto listener = std::make_unique<Listener>(receiver, patience);
  const int bound = listener->start(port);
  if (bound > 0)
    return std::unique_ptr<SinkGrpcServer>(new SinkGrpcServer(std::move(listener), bound));
  listener->stop();
  if (port != 0 && !port_is_free(port)) {
    return failure(ExitCode::usage,
                   fmt::format("port {} is in use (another sink or collector?); "
                               "choose another with --grpc, in a suite with sink.grpc_port",
                               port));
  }
  return failure(ExitCode::usage, fmt::format("cannot listen for gRPC on 127.0.0.1:{}", port));
}

}  // namespace tracetax
