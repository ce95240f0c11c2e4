// What --explain prints.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "targets/service/service.h"
#include "targets/service/stage_costs.h"

namespace tracetax {
namespace {

std::string cost_text(const StageCost& cost) {
  const std::string on = cost.on ? to_string(*cost.on) : "-";
  return fmt::format("off {}, on {}", cost.off ? to_string(*cost.off) : "-", on);
}

/// The lines of a service's pipeline before its chain.
std::size_t lines_before_chain(const Service& service, std::size_t stages) {
  const std::size_t lines = service.describe().size();
  return lines > stages ? lines - stages : 0;
}

}  // namespace

std::string explain(const Framework& framework, const Service& service) {
  std::string text = fmt::format("{}: {}\n", framework.name, framework.models);
  int number = 1;
  for (const std::string& line : service.describe()) {
    text += fmt::format("  {}. {}\n", number++, line);
  }
  return text;
}

Result<std::string> explain_costs(const Framework& framework, const ServiceOptions& options,
                                  const TracingConfig& config) {
  TracingConfig recording = config;
  recording.state = TracerState::record;
  const auto tracer = Tracer::make(recording, nullptr);
  if (!tracer) return failure(tracer.error());
  const auto service = make_service(framework, options, **tracer);
  if (stages_of(framework).empty()) return explain(framework, *service);

  const CostOptions cost_options;
  const auto costs = measure_costs(framework, options.work, config, cost_options);
  if (!costs) return failure(costs.error());
  std::string text = fmt::format("{}: {}\n", framework.name, framework.models);
  std::size_t number = 1;
  const auto lines = service->describe();
  const std::size_t before = lines_before_chain(*service, costs->size() - 1);
  for (; number <= before; ++number) text += fmt::format("  {}. {}\n", number, lines[number - 1]);
  for (const StageCost& cost : *costs) {
    const bool total = &cost == &costs->back();
    text += total ? fmt::format("  {}: {}\n", cost.stage, cost_text(cost))
                  : fmt::format("  {}. {}\n       {}\n", number++, cost.stage, cost_text(cost));
  }
  return text +
         fmt::format(
             "CPU per request, of all threads: median [quartiles] of {} rounds of {} walks on this "
             "machine, now. off: state\nabsent; on: every request recorded, none exported. Logs "
             "went to /dev/null; io and frame lie outside of the walk.\n",
             cost_options.rounds, cost_options.walks);
}

}  // namespace tracetax
