// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "harness/core/plan.h"
#include "harness/run/progress.h"
#include "harness/run/time_left.h"

namespace tracetax {

std::string describe_arms(const Suite& suite) {
  std::string text = fmt::format("{}: ", suite.name);
  for (const ArmSpec& arm : suite.arms)
    text += (&arm == &suite.arms.front() ? "" : ", ") + arm.name;
  return text + fmt::format("; in each block every arm once, warm-up {}, measured {}\n",
                            suite.design.until_steady ? "until steady"
                                                      : format_duration(suite.design.warmup),
                            format_duration(suite.design.measure));
}

std::string describe_run(const Suite& suite, int spare_blocks) {
  std::string text = describe_arms(suite);
  for (const Cell& cell : make_plan(suite, 1).cells) {
    text +=
        fmt::format("  {}/{} at {}\n", suite.targets[static_cast<std::size_t>(cell.target)].name,
                    suite.scenarios[static_cast<std::size_t>(cell.scenario)].name,
                    level_name(suite.load.levels[static_cast<std::size_t>(cell.level)]));
  }
  const bool seeks_capacity = std::ranges::any_of(suite.load.levels, [](const OfferedRate& level) {
    return std::holds_alternative<CapacityShare>(level);
  });
  if (seeks_capacity) text += "  first, in some 5 s for each target: what off can do at most\n";
  const int blocks = suite.design.blocks;
  text += fmt::format("  {} blocks in about {}\n", blocks,
                      format_time_left(time_of_blocks(suite, blocks)));
  if (spare_blocks > 0) {
    text +=
        fmt::format("  at most {} more, {} in all, in place of blocks lost by chance\n",
                    spare_blocks, format_time_left(time_of_blocks(suite, blocks + spare_blocks)));
  }
  return text;
}

Nanos time_of_blocks(const Suite& suite, int blocks) {
  Suite as_long = suite;
  as_long.design.blocks = blocks;
  const Plan plan = make_plan(as_long, 1);
  return TimeLeft(as_long.design, plan).from(0, [](int) { return true; });
}

}  // namespace tracetax
