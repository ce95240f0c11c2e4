// SPDX-License-Identifier: Apache-2.0
#include "targets/service/grpc_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <chrono>
#include <csignal>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "targets/engine/go_runtime.h"
#include "targets/stages/client/grpc_call.h"

namespace tracetax {

namespace asio = boost::asio;

namespace {

constexpr int kWaitingCalls = 64;  // per loop; more that come at once are queued by grpc++
constexpr std::chrono::seconds kGrace{1};

// grpc++ would only say that it did not work.
Status try_to_bind(const ServerOptions& options, const asio::ip::tcp::endpoint& endpoint) {
  asio::io_context context;
  asio::ip::tcp::acceptor acceptor(context);
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  // Several sockets may be bound to a port that nobody listens on.
  if (!error) acceptor.listen(1, error);
  if (error) return failure(listen_error(options, error));
  return {};
}

// The next thing that has happened, as Go's scheduler finds it: a look at the network, then a wait
// for it.
bool next_event(GrpcLoop& loop, GoRuntime& runtime, void** tag, bool* ok) {
  const auto now = gpr_time_0(GPR_CLOCK_MONOTONIC);
  const auto seen = loop.queue->AsyncNext(tag, ok, now);
  if (seen != grpc::CompletionQueue::TIMEOUT) return seen == grpc::CompletionQueue::GOT_EVENT;
  runtime.go_idle();
  const bool got = loop.queue->Next(tag, ok);
  runtime.go_on();
  return got;
}

void serve(GrpcLoop& loop, GoRuntime& runtime, int waiting_calls, const void* quit) {
  for (int i = 0; i < waiting_calls; ++i) ServedCall::await(loop);
  bool quitting = false;
  void* tag = nullptr;
  bool ok = false;
  while (next_event(loop, runtime, &tag, &ok)) {
    runtime.enter_system_call();
    if (tag == quit) {
      // Order matters: no operation may be started on a queue that is shut down, so the thread that
      // starts them is the one to shut it down.
      quitting = true;
      loop.queue->Shutdown();
      for (ServedCall* call : loop.pausing) call->end_pause();
    } else if (quitting) {
      static_cast<ServedCall*>(tag)->abandon();
    } else {
      static_cast<ServedCall*>(tag)->proceed(ok);
    }
  }
}

void wait_until_idle(const std::deque<GrpcLoop>& loops) {
  const auto is_idle = [](const GrpcLoop& loop) {
    return loop.active.load(std::memory_order_acquire) == 0;
  };
  const auto give_up = std::chrono::steady_clock::now() + kGrace;
  while (!std::ranges::all_of(loops, is_idle) && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

struct GrpcServer::Loops {
  GrpcServing serving;
  grpc::AsyncGenericService service;
  std::deque<GrpcLoop> all;
  std::unique_ptr<grpc::Server> server;
  int port = 0;
  int waiting_calls = kWaitingCalls;
  bool ran = false;
  asio::io_context context{1};
  asio::signal_set signals{context, SIGTERM, SIGINT};

  ~Loops() {
    if (server) server->Shutdown(std::chrono::system_clock::now());
    if (ran) return;
    for (GrpcLoop& loop : all) {
      void* tag = nullptr;
      bool ok = false;
      loop.queue->Shutdown();
      while (loop.queue->Next(&tag, &ok)) {
      }
    }
  }
};

GrpcServer::GrpcServer(std::unique_ptr<Loops> loops) : loops_(std::move(loops)) {}
GrpcServer::~GrpcServer() = default;

Result<std::unique_ptr<GrpcServer>> GrpcServer::listen(const ServerOptions& options,
                                                       const GrpcServerSpec& spec) {
  const auto endpoint = endpoint_of(options);
  if (!endpoint) return failure(endpoint.error());
  if (auto status = try_to_bind(options, *endpoint); !status) return failure(status.error());
  auto loops = std::make_unique<Loops>();
  for (const ServedMethod& method : spec.methods) {
    loops->serving.methods.emplace(method.path, method.make);
  }
  loops->serving.chain = spec.chain;
  loops->serving.make_handler = spec.make_handler;
  loops->serving.waits = spec.waits;
  loops->waiting_calls = spec.waits ? 1 : kWaitingCalls;
  loops->serving.work = spec.work;
  loops->serving.instrumentation = spec.instrumentation;
  loops->serving.back = spec.back;

  grpc::ServerBuilder builder;
  // grpc++'s default would let two servers share a port and halve each other's load.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  const bool ipv6 = endpoint->address().is_v6();
  builder.AddListeningPort(
      fmt::format("{}{}{}:{}", ipv6 ? "[" : "", options.host, ipv6 ? "]" : "", options.port),
      grpc::InsecureServerCredentials(), &loops->port);
  builder.RegisterAsyncGenericService(&loops->service);
  for (unsigned i = 0; i < std::max(options.threads, 1U); ++i) {
    loops->all.emplace_back(loops->serving, loops->service, builder.AddCompletionQueue());
  }
  loops->server = builder.BuildAndStart();
  if (!loops->server || loops->port == 0) {
    return failure(ExitCode::usage,
                   fmt::format("cannot listen on {} port {}", options.host, options.port));
  }
  loops->serving.address = {options.host, static_cast<std::uint16_t>(loops->port)};
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(loops)));
}

std::uint16_t GrpcServer::port() const noexcept { return static_cast<std::uint16_t>(loops_->port); }

void GrpcServer::run() {
  Loops& loops = *loops_;
  loops.ran = true;
  loops.signals.async_wait([&loops](boost::system::error_code error, int) {
    if (!error) loops.context.stop();
  });
  // The tag by which a loop is told to quit. An alarm is how a queue is told anything.
  std::vector<grpc::Alarm> quits(loops.all.size());
  GoRuntime runtime(static_cast<unsigned>(loops.all.size()));
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < loops.all.size(); ++i) {
    threads.emplace_back([&loop = loops.all[i], &runtime, calls = loops.waiting_calls,
                          &quit = quits[i]] { serve(loop, runtime, calls, &quit); });
  }
  loops.context.run();
  // Not grpc++'s own grace: that would wait for idle connections too, which clients keep open.
  wait_until_idle(loops.all);
  loops.server->Shutdown(std::chrono::system_clock::now());
  for (std::size_t i = 0; i < loops.all.size(); ++i) {
    quits[i].Set(loops.all[i].queue.get(), gpr_now(GPR_CLOCK_MONOTONIC), &quits[i]);
  }
  threads.clear();  // joins
}

void GrpcServer::stop() { loops_->context.stop(); }

}  // namespace tracetax
