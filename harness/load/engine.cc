// SPDX-License-Identifier: Apache-2.0
#include "harness/load/engine.h"

#include <sched.h>

#include <algorithm>
#include <thread>

#include "harness/load/keep_awake.h"
#include "harness/load/ledger.h"
#include "harness/load/session/monotonic.h"
#include "harness/load/worker.h"

namespace tracetax {
namespace {

// Enough for every worker thread to exist before the first request is due.
constexpr std::int64_t kStartDelay = 2'000'000;  // ns

int allowed_cpu_count() {
  cpu_set_t cpus;
  return sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 0;
}

}  // namespace

struct Engine::State {
  LoadSetup setup;
  SocketAddress address;
  std::vector<std::unique_ptr<Worker>> workers;
};

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::connect(LoadSetup setup, const std::stop_token& stop) {
  auto address = resolve(setup.endpoint);
  if (!address) return failure(address.error());
  auto state = std::make_unique<State>();
  state->setup = std::move(setup);
  state->address = *address;
  const int threads = std::clamp(state->setup.threads, 1, std::max(1, state->setup.connections));
  for (int w = 0; w < threads; ++w) {
    const int connections =
        state->setup.connections / threads + (w < state->setup.connections % threads ? 1 : 0);
    state->workers.push_back(
        std::make_unique<Worker>(state->setup, state->address, w, threads, connections));
    if (auto connected = state->workers.back()->connect_all(stop); !connected) {
      return failure(connected.error());
    }
  }
  return std::unique_ptr<Engine>(new Engine(std::move(state)));
}

LoadResult Engine::run(const LoadPhase& phase, std::stop_token stop, LiveCounts* live) {
  const std::int64_t start_ns = monotonic_ns() + kStartDelay;
  {
    // A worker that sleeps a moment must find its CPU as it left it. Only if that is the one CPU it
    // may have: elsewhere the thread could end up beside the target and weigh on it.
    std::optional<KeepAwake> awake;
    if (!phase.closed && state_->setup.release == ReleaseMode::hybrid && allowed_cpu_count() == 1)
      awake.emplace();
    std::vector<std::jthread> threads;
    for (const auto& worker : state_->workers) {
      threads.emplace_back([&] { worker->run(phase, start_ns, stop, live); });
    }
  }
  std::vector<const LoadResult*> parts;
  std::int64_t last_send_ns = 0;
  for (const auto& worker : state_->workers) {
    parts.push_back(&worker->recorded().result());
    last_send_ns = std::max(last_send_ns, worker->recorded().last_send_ns());
  }
  LoadResult total = add_up(parts);
  std::int64_t length_ns = total.elapsed.count();
  if (!phase.closed) {
    total.asked_rate = phase.rate;
    std::int64_t planned_ns = phase.duration.count();
    if (phase.count) {
      planned_ns =
          std::min(planned_ns,
                   static_cast<std::int64_t>(static_cast<double>(*phase.count) / phase.rate * 1e9));
    }
    if (stop.stop_requested()) planned_ns = std::min(planned_ns, last_send_ns);
    // Sends that ran past the plan stretch it: a target that cannot keep up shows as a lower rate.
    length_ns = std::max(planned_ns, last_send_ns);
  }
  total.length = Nanos{length_ns};
  if (length_ns > 0) {
    total.achieved_rate = static_cast<double>(total.ok) / (static_cast<double>(length_ns) / 1e9);
  }
  return total;
}

std::uint64_t LoadResult::error_total() const {
  std::uint64_t total = 0;
  for (const auto& [kind, count] : errors) total += count;
  return total;
}

}  // namespace tracetax
