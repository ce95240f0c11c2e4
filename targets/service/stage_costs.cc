// SPDX-License-Identifier: Apache-2.0
#include "targets/service/stage_costs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <utility>

#include "targets/service/sample_request.h"

namespace tracetax {
namespace {

/// What a probe found. One walk at a time, though its stages may change threads.
struct Probing {
  int walks = 0;
  double rest_ns = 0;  // of one walk from the probe to the end
  double copy_ns = 0;  // of that, the copy of the exchange
};

/// Of all threads: stages hand requests over to others. CPU time and not the clock's, as waiting
/// for a CPU that others use is no cost of a stage.
double process_cpu_ns() {
  std::timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double ns_per_walk(int walks, const std::function<void()>& walk) {
  const double start = process_cpu_ns();
  for (int i = 0; i < walks; ++i) walk();
  return (process_cpu_ns() - start) / walks;
}

/// Makes the compiler believe that the copy is used.
void keep(Exchange& copy) { asm volatile("" : : "g"(&copy) : "memory"); }

/// Stands before a stage and walks the rest of the chain many times, with the exchange as it is
/// there.
class Probe final : public Stage {
 public:
  explicit Probe(Probing& probing) : probing_(probing) {}

  void handle(Exchange& exchange, Next next) const override {
    probing_.copy_ns = ns_per_walk(probing_.walks, [&] {
      Exchange copy = exchange;
      keep(copy);
    });
    probing_.rest_ns = ns_per_walk(probing_.walks, [&] {
      Exchange copy = exchange;
      next(copy);
    });
    next(exchange);
  }
  std::string describe() const override { return "probe"; }

 private:
  Probing& probing_;
};

Spread spread_of(std::vector<double> values) {
  std::ranges::sort(values);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
  };
  return {at(0.5), at(0.25), at(0.75)};
}

Result<std::vector<Spread>> measure_state(const Framework& framework, const WorkSpec& work,
                                          TracingConfig config, TracerState state,
                                          const CostOptions& options) {
  config.state = state;
  const auto tracer = Tracer::make(config, nullptr);
  if (!tracer) return failure(tracer.error());
  SampleRequest request(framework);
  unsigned status = 0;
  const auto walk = [&](const Chain& chain) {
    Exchange exchange = request.exchange();
    chain.handle(exchange);
    status = std::max(status, exchange.status);
  };
  const auto make = [&] { return build_chain(stages_of(framework), work, **tracer).take(); };
  auto spreads = measure_stages(make, walk, options);
  if (status >= 400) {
    return failure(ExitCode::invalid,
                   fmt::format("{}: a request was answered with status {} while its cost was "
                               "measured; is the machine overloaded?",
                               framework.name, status));
  }
  return spreads;
}

}  // namespace

std::vector<Spread> measure_stages(const std::function<std::vector<StagePointer>()>& make,
                                   const std::function<void(const Chain&)>& walk,
                                   const CostOptions& options) {
  // One chain per stage, with one probe before it: with all probes in one chain, stages that handle
  // those behind them one by one would seem to cost more.
  Probing probing{.walks = options.walks};
  std::vector<Chain> chains;
  const std::size_t count = make().size();
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<StagePointer> stages = make();
    stages.insert(stages.begin() + static_cast<std::ptrdiff_t>(i),
                  std::make_unique<Probe>(probing));
    chains.emplace_back(std::move(stages));
  }

  std::vector<std::vector<double>> costs(count + 1);
  for (int round = 0; round <= options.rounds; ++round) {
    std::vector<double> from(count + 1);  // nothing is left behind the last stage
    for (std::size_t i = 0; i < count; ++i) {
      walk(chains[i]);
      from[i] = probing.rest_ns - probing.copy_ns;
    }
    if (round == 0) continue;  // warms up
    for (std::size_t i = 0; i < count; ++i) costs[i].push_back(from[i] - from[i + 1]);
    costs[count].push_back(from[0]);
  }
  std::vector<Spread> spreads;
  for (auto& cost : costs) spreads.push_back(spread_of(std::move(cost)));
  return spreads;
}

Result<std::vector<StageCost>> measure_costs(const Framework& framework, const WorkSpec& work,
                                             const TracingConfig& config,
                                             const CostOptions& options) {
  Framework silent = framework;
  const std::unique_ptr<int, void (*)(int*)> null(new int(open("/dev/null", O_WRONLY | O_CLOEXEC)),
                                                  [](int* fd) {
                                                    close(*fd);
                                                    delete fd;
                                                  });
  write_logs_to(*null, silent);
  const auto off = measure_state(silent, work, config, TracerState::absent, options);
  if (!off) return failure(off.error());
  const auto on = measure_state(silent, work, config, TracerState::record, options);
  if (!on) return failure(on.error());

  TracingConfig shown = config;
  shown.state = TracerState::record;
  const auto tracer = Tracer::make(shown, nullptr);
  if (!tracer) return failure(tracer.error());
  std::vector<StageCost> costs;
  std::size_t off_at = 0;
  for (const BuiltStage& built : build_stages(stages_of(silent), work, **tracer)) {
    StageCost cost{built.stage->describe(), std::nullopt, (*on)[costs.size()]};
    if (!built.is_instrumentation) cost.off = (*off)[off_at++];
    costs.push_back(std::move(cost));
  }
  costs.push_back({"all stages", off->back(), on->back()});
  return costs;
}

std::string to_string(const Spread& spread) {
  return fmt::format("{:.0f} ns [{:.0f}, {:.0f}]", spread.median, spread.low, spread.high);
}

}  // namespace tracetax
