// SPDX-License-Identifier: Apache-2.0
#include "harness/load/engine.h"

#include <sched.h>

#include <algorithm>
#include <barrier>
#include <thread>

#include "harness/load/keep_awake.h"
#include "harness/load/ledger.h"
#include "harness/load/session/monotonic.h"
#include "harness/load/worker.h"

namespace tracetax {
namespace {

// From when every worker is ready, its memory included, to the start: time to open connections
// again that the server has ended since the last phase.
constexpr std::int64_t kStartDelay = 1'000'000;  // ns

int allowed_cpu_count() {
  cpu_set_t cpus;
  return sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 0;
}

/// The calling thread runs before all that is not real-time, where that is allowed. Then neither a
/// payload that the sink receives nor a stranger delays a request. What waits has the tenth of the
/// time that the worker rests (release.cc).
void go_before_others() {
  const sched_param lowest{.sched_priority = sched_get_priority_min(SCHED_RR)};
  static_cast<void>(sched_setscheduler(0, SCHED_RR, &lowest));
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
  std::int64_t start_ns = 0;
  std::barrier all_ready(static_cast<std::ptrdiff_t>(state_->workers.size()),
                         [&start_ns]() noexcept { start_ns = monotonic_ns() + kStartDelay; });
  // Only where the workers have one CPU, which nobody else is meant to use: elsewhere the one
  // thread could end up beside the target and weigh on it, and the other could keep the target
  // waiting.
  const bool own_cpu =
      !phase.closed && state_->setup.release == ReleaseMode::hybrid && allowed_cpu_count() == 1;
  {
    // A worker that sleeps a moment must find its CPU as it left it.
    std::optional<KeepAwake> awake;
    if (own_cpu) awake.emplace();
    std::vector<std::jthread> threads;
    for (const auto& worker : state_->workers) {
      threads.emplace_back([&] {
        if (own_cpu && state_->setup.before_others) go_before_others();
        worker->prepare(phase);
        all_ready.arrive_and_wait();
        worker->run(start_ns, stop, live);
      });
    }
  }
  std::vector<const LoadResult*> parts;
  std::int64_t last_send_ns = 0;
  for (const auto& worker : state_->workers) {
    parts.push_back(&worker->recorded().result());
    last_send_ns = std::max(last_send_ns, worker->recorded().last_send_ns());
  }
  LoadResult total = add_up(parts);
  total.start_ns = start_ns;
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

void Engine::take_ticks(
    const std::function<void(std::size_t worker, const LoadTick& tick)>& visit) {
  for (std::size_t w = 0; w < state_->workers.size(); ++w)
    state_->workers[w]->ticks().take([&](const LoadTick& tick) { visit(w, tick); });
}

std::size_t Engine::workers() const { return state_->workers.size(); }

std::uint64_t LoadResult::error_total() const {
  std::uint64_t total = 0;
  for (const auto& [kind, count] : errors) total += count;
  return total;
}

}  // namespace tracetax
