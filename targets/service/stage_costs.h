// What each stage of a chain costs on this machine. The chain is walked many times; a stage costs
// the time from it to the end, less the time from the next stage to the end. What lies before the
// chain (connections, framing) is not in it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "targets/service/build.h"

namespace tracetax {

/// Nanoseconds of CPU per request, of all threads: the median and the quartiles of the rounds.
struct Spread {
  double median = 0;
  double low = 0;
  double high = 0;
};

struct CostOptions {
  int rounds = 15;
  int walks = 100;  // per stage and round
};

/// One per stage, and one for the whole chain at the end. `make` makes the stages, once for each of
/// them; `walk` makes one request and handles it by the chain that it is given.
[[nodiscard]] std::vector<Spread> measure_stages(
    const std::function<std::vector<StagePointer>()>& make,
    const std::function<void(const Chain&)>& walk, const CostOptions& options = {});

struct StageCost {
  std::string stage;          // as the stage describes itself
  std::optional<Spread> off;  // state absent; nothing where the stage is not there
  std::optional<Spread> on;   // every request recorded, none exported
};

/// The stages of a framework with a chain, and its whole chain as the last entry. Its log goes
/// nowhere. A call to the service behind is answered at once. An error says that the walks failed.
[[nodiscard]] Result<std::vector<StageCost>> measure_costs(const Framework& framework,
                                                           const WorkSpec& work,
                                                           const TracingConfig& config,
                                                           const CostOptions& options = {});

/// "1234 ns [1200, 1300]"
[[nodiscard]] std::string to_string(const Spread& spread);

}  // namespace tracetax
