// Histories made up for tests. The noise is of a kind that nights have: of all arms together as
// much as of each by itself, with heavy tails (Student's t of 4 degrees of freedom), and one night
// in twenty four times as noisy.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "harness/analysis/trend/history.h"

namespace tracetax::testing {

struct MadeHistory {
  int results = 60;
  double step = 1;  // what the ratio on / off of CPU per request is times from `from` to `until`
  int from = 0, until = 1'000;
  double noise = 0.02;    // standard deviation of the logarithm of a ratio, but for bad nights
  double noise_end = 1;   // times that at the end; in between it grows evenly
  double dependence = 0;  // correlation with the night before
  double drift = 0;       // of the logarithm, over all results
  unsigned seed = 1;
};

/// Arms off2, on@10% and on@100% with overheads of 0, 10 and 30 % in three metrics.
inline std::vector<HistoryRun> made_runs(const MadeHistory& what) {
  std::mt19937_64 random(what.seed);
  std::normal_distribution<double> normal;
  const auto heavy = [&] {
    double chi = 0;
    for (int i = 0; i < 4; ++i) chi += std::pow(normal(random), 2);
    return normal(random) / std::sqrt(chi / 4) / std::sqrt(2.0);
  };
  const double keep = what.dependence, fresh = std::sqrt(1 - keep * keep);
  std::vector<double> own(9);
  double shared = 0;
  std::vector<HistoryRun> runs;
  for (int i = 0; i < what.results; ++i) {
    const double through = static_cast<double>(i) / what.results;
    const double bad = random() % 20 == 0 ? 4 : 1;
    const double scale = what.noise * bad * (1 + (what.noise_end - 1) * through) * std::sqrt(0.5);
    HistoryRun run{
        .file = fmt::format("history/{:02}/result.json", i),
        .run_id = fmt::format("run-{}", i),
        .started_at = fmt::format("2026-{:02}-{:02}T02:00:00.000Z", 1 + i / 28, 1 + i % 28),
        .label = fmt::format("c0ffee{:02}", i),
        .suite = "nightly",
        .suite_digest = "digest",
        .machine = "Testing CPU, 2 of 2 CPUs, Linux 6.1",
        .fingerprint = "machine",
        .values = {}};
    shared = keep * shared + fresh * heavy();
    std::size_t place = 0;
    for (const Metric metric : {Metric::cpu_per_request, Metric::response_p50, Metric::rss_peak}) {
      for (const auto& [arm, ratio] :
           {std::pair{"off2", 1.0}, std::pair{"on@10%", 1.1}, std::pair{"on@100%", 1.3}}) {
        own[place] = keep * own[place] + fresh * heavy();
        const double noise = scale * (shared + own[place++]);
        const bool stepped =
            metric == Metric::cpu_per_request && ratio > 1 && i >= what.from && i < what.until;
        const double log = std::log(ratio * (stepped ? what.step : 1)) + noise +
                           (ratio > 1 ? what.drift * through : 0);
        const double half = 0.01 * bad;
        HistoryValue value{
            .cell = "gin", .metric = metric, .arm = arm, .control = ratio == 1, .overhead = {}};
        value.overhead.blocks = 10;
        value.overhead.pct = 100 * std::expm1(log);
        value.overhead.interval_pct = Interval{.low = 100 * std::expm1(log - half),
                                               .high = 100 * std::expm1(log + half),
                                               .level = 0.951};
        run.values.push_back(value);
      }
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

inline std::vector<SuiteHistory> made_history(const MadeHistory& what) {
  return make_histories(made_runs(what), 100);
}

}  // namespace tracetax::testing
