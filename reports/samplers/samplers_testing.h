// Runs of samplers made up for tests, with numbers that can be checked by hand.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "harness/core/request/request_class.h"
#include "reports/testing.h"

namespace tracetax::testing {

/// Of 10,000 requests, in the order of RequestClass.
using ClassCounts = std::array<std::uint64_t, kRequestClasses>;
inline constexpr ClassCounts kSentByClass{9'600, 100, 100, 50, 100, 50};

/// What an arm does in every segment. A trace is stored as 1,000 bytes.
struct MadeSampler {
  std::string name;
  std::string sampler{};  // empty: the caller decides, or somebody behind
  double client_us = 20, stage_us = 1;
  ClassCounts whole{};
  double delay_ms = 100;
  bool keeps = true;       // says what it keeps
  std::uint64_t torn = 0;  // normal traces that came in part, beside the whole ones
};

inline const std::vector<MadeSampler>& four_samplers() {
  static const std::vector<MadeSampler> kAll{
      {.name = "on@100%", .client_us = 25, .whole = kSentByClass},
      {.name = "ratio",
       .sampler = "traceidratio",
       .client_us = 21,
       .whole = {960, 10, 10, 5, 10, 5}},
      {.name = "priority",
       .sampler = "adaptive_priority",
       .client_us = 20.75,
       .whole = {96, 1, 1, 1, 100, 1}},
      {.name = "tail",
       .client_us = 25,
       .stage_us = 11,
       .whole = {960, 100, 100, 5, 10, 50},
       .delay_ms = 1'100}};
  return kAll;
}

/// off and these, in blocks that are dearer and dearer by 1 us, the same for all arms. The k-th of
/// six blocks adds (k - 2.5) / 10 us to a traced arm: so its difference to off has the middle that
/// it was made with, and the interval +-0.25 us, which are the ends of six differences.
inline RunResult samplers_run(const std::vector<MadeSampler>& all, int blocks = 6) {
  Suite suite = made_up_suite(blocks);
  suite.name = "samplers";
  suite.arms = {test_arm("off", ArmRole::off, 0)};
  for (const MadeSampler& made : all) {
    ArmSpec& arm = suite.arms.emplace_back(test_arm(made.name, ArmRole::traced, 1));
    if (!made.sampler.empty()) arm.sampler = SamplerSpec{made.sampler, ""};
    if (!made.keeps) continue;
    arm.keeps.emplace();
    if (made.whole == kSentByClass) arm.keeps->share.fill(1.0);
  }
  RunResult result = test_run(suite, [&](SegmentRecord& segment) {
    const double block = segment.spec.block;
    const bool off = segment.spec.arm == 0;
    const MadeSampler made =
        off ? MadeSampler{} : all[static_cast<std::size_t>(segment.spec.arm) - 1];
    const double wobble = off ? 0 : (block - 2.5) / 10;
    set_cpu_us(segment, made.client_us + block + wobble);
    segment.services = {
        {"service", ServiceRole::subject, segment.usage->cpu_ns, 12'582'912},
        {"stage", ServiceRole::companion,
         static_cast<std::uint64_t>(std::llround(made.stage_us * 1e7)), 52'428'800}};
    segment.usage->rss_peak_bytes = 12'582'912;
    if (off) return;
    Receipt& receipt = segment.receipt;
    receipt = {};
    KeepAccount& account = receipt.keeps.emplace();
    std::uint64_t came = 0;
    for (std::size_t i = 0; i < kRequestClasses; ++i) {
      const std::uint64_t part = i == 0 ? made.torn : 0;
      account.classes.push_back({static_cast<RequestClass>(i), kSentByClass[i], made.whole[i], part,
                                 made.whole[i] + part});
      came += made.whole[i] + part;
    }
    receipt.expected = receipt.received = receipt.traces_expected = receipt.traces_received = came;
    receipt.bytes = 1'000 * came;
    receipt.export_delay_p50_ms = made.delay_ms + block;
    receipt.export_delay_p99_ms = 2 * made.delay_ms + block;
  });
  result.argv = {"tracetax", "run", "samplers"};
  fill_facts(result);
  return result;
}

}  // namespace tracetax::testing
