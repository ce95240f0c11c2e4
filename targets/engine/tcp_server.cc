// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/tcp_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "targets/engine/go_runtime.h"

namespace tracetax {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// Of the loop that runs on this thread.
thread_local GoRuntime* go_runtime = nullptr;

// As findRunnable does it: what is ready, then a look at the network, then a wait for it.
void run_loop(asio::io_context& context, GoRuntime& runtime) {
  go_runtime = &runtime;
  while (!context.stopped()) {
    if (context.poll() > 0) continue;
    if (context.stopped()) return;
    runtime.go_idle();
    context.run_one();
    runtime.go_on();
  }
}

// A handler that throws costs its connection, not the process, as in net/http.
void report_broken(std::exception_ptr thrown) {
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    fmt::print(stderr, "tracetax-target: connection closed after: {}\n", error.what());
  }
}

}  // namespace

struct TcpServer::Loops {
  Loops(ServeConnection served, unsigned threads, bool handlers_wait)
      : serve(std::move(served)), waits(handlers_wait) {
    for (unsigned i = 0; i < threads; ++i) {
      // The hint makes Asio skip work that only matters with several threads in one loop.
      contexts.push_back(std::make_unique<asio::io_context>(1));
      // Its three descriptors are opened now and not with its first connection: who counts them to
      // see whether connections leak would take 64 loops for a leak.
      const asio::steady_timer opens_them(*contexts.back());
    }
    acceptor.emplace(*contexts.front());
    // Caught from now on: a signal between listen() and run() must not be lost or kill the process.
    signals.emplace(*contexts.front(), SIGTERM, SIGINT);
  }

  // Connections go to the loops in turn. Out of file descriptors, it waits and tries again: those
  // that end make room.
  ConnectionTask accept() {
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, ConnectionExecutor>
        pause(contexts.front()->get_executor());
    const std::size_t first = waits && contexts.size() > 1 ? 1 : 0;
    for (std::size_t turn = 0;; ++turn) {
      asio::io_context& context = *contexts[first + turn % (contexts.size() - first)];
      auto [error, socket] = co_await acceptor->async_accept(context.get_executor(), kAwaitTuple);
      if (error == asio::error::operation_aborted || !acceptor->is_open()) co_return;
      if (error) {
        pause.expires_after(std::chrono::milliseconds(10));
        auto [pause_error] = co_await pause.async_wait(kAwaitTuple);
        if (pause_error) co_return;
        continue;
      }
      asio::co_spawn(context.get_executor(), serve(std::move(socket)), report_broken);
    }
  }

  void stop_all() {
    for (const auto& context : contexts) context->stop();
  }

  const ServeConnection serve;
  const bool waits;
  std::vector<std::unique_ptr<asio::io_context>> contexts;
  std::optional<asio::basic_socket_acceptor<tcp, ConnectionExecutor>> acceptor;
  std::optional<asio::signal_set> signals;
};

TcpServer::TcpServer(std::unique_ptr<Loops> loops) : loops_(std::move(loops)) {}
TcpServer::~TcpServer() = default;

Result<std::unique_ptr<TcpServer>> TcpServer::listen(const ServerOptions& options,
                                                     ServeConnection serve) {
  const auto endpoint = endpoint_of(options);
  if (!endpoint) return failure(endpoint.error());
  error_code error;
  auto loops =
      std::make_unique<Loops>(std::move(serve), std::max(options.threads, 1U), options.waits);
  auto& acceptor = *loops->acceptor;
  acceptor.open(endpoint->protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(*endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return failure(listen_error(options, error));
  return std::unique_ptr<TcpServer>(new TcpServer(std::move(loops)));
}

std::uint16_t TcpServer::port() const noexcept {
  error_code error;
  return loops_->acceptor->local_endpoint(error).port();
}

void TcpServer::run() {
  Loops& loops = *loops_;
  asio::io_context& first = *loops.contexts.front();
  loops.signals->async_wait([&loops](error_code error, int) {
    if (!error) loops.stop_all();
  });
  asio::co_spawn(first.get_executor(), loops.accept(), asio::detached);
  GoRuntime runtime(static_cast<unsigned>(loops.contexts.size()));
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < loops.contexts.size(); ++i) {
    others.emplace_back([&runtime, context = loops.contexts[i].get()] {
      const auto guard = asio::make_work_guard(*context);
      run_loop(*context, runtime);
    });
  }
  run_loop(first, runtime);
  others.clear();  // joins
  error_code ignored;
  loops.acceptor->close(ignored);
}

void TcpServer::stop() { loops_->stop_all(); }

std::optional<ConnectionEnds> set_up(ConnectionSocket& socket) {
  error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return std::nullopt;
  const tcp::endpoint local = socket.local_endpoint(error);
  if (!error) socket.set_option(tcp::no_delay(true), error);
  if (!error) socket.non_blocking(true, error);
  if (error) return std::nullopt;
  return ConnectionEnds{.peer_address = peer.address().to_string(),
                        .peer_port = peer.port(),
                        .local_address = local.address().to_string(),
                        .local_port = local.port()};
}

asio::awaitable<bool, ConnectionExecutor> send_text(ConnectionSocket& socket,
                                                    std::string_view text) {
  error_code error;
  if (go_runtime != nullptr) go_runtime->enter_system_call();
  const std::size_t sent = socket.write_some(asio::buffer(text), error);
  if (!error && sent == text.size()) co_return true;
  if (error && error != asio::error::would_block) co_return false;
  auto [rest_error, rest] = co_await asio::async_write(
      socket, asio::buffer(text.data() + sent, text.size() - sent), kAwaitTuple);
  co_return !rest_error;
}

}  // namespace tracetax
