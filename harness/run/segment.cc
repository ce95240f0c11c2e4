// SPDX-License-Identifier: Apache-2.0
#include "harness/run/segment.h"

#include <algorithm>
#include <deque>

#include "harness/core/request/request_ids.h"
#include "harness/run/kept_targets.h"
#include "harness/run/segment_run.h"

namespace tracetax {

namespace {

/// Everything but the ends.
void measure(std::deque<SegmentRun>& runs, std::span<const SegmentSpec> specs) {
  for (SegmentRun& run : runs) run.begin();
  SegmentRun::drain(runs);
  for (SegmentRun& run : runs) run.start_measuring();
  const int slices = specs.front().slices;
  const auto abandoned = [&] { return std::ranges::any_of(runs, &SegmentRun::abandoned); };
  for (int slice = 0; slice < slices && !abandoned(); ++slice) {
    for (const int place : slice_order(runs.size(), specs.front().arrival_seed, slice)) {
      runs[static_cast<std::size_t>(place)].measure(slice, slices);
    }
  }
}

/// In a context without kept processes those of one batch have a sink each, by their place in it. A
/// process that is kept stays with the sink that it was started with.
std::size_t sink_of(const SegmentSpec& spec, std::size_t place, const SegmentContext& context) {
  return first_sinks(*context.suite, context.sinks)[static_cast<std::size_t>(spec.arm)] +
         (context.kept == nullptr ? place : context.kept->place_of(spec.arm));
}

/// Long enough for two segments to stand one after another in it, four times.
constexpr int kFewestPilotRounds = 20, kMostPilotRounds = 40;

}  // namespace

std::vector<SegmentRecord> run_segments(std::span<const SegmentSpec> specs,
                                        const SegmentContext& context) {
  std::deque<SegmentRun> runs;
  for (std::size_t i = 0; i < specs.size(); ++i)
    runs.emplace_back(specs[i], context, *context.sinks[sink_of(specs[i], i, context)]);
  measure(runs, specs);
  for (SegmentRun& run : runs) run.end_measuring();
  SegmentRun::drain(runs);
  std::vector<SegmentRecord> records;
  for (SegmentRun& run : runs) records.push_back(run.finish());
  return records;
}

std::optional<SliceChoice> run_slice_pilot(const SegmentContext& context, std::uint64_t seed) {
  const int slices = context.suite->design.slices();
  const int rounds = std::clamp(2 * slices, kFewestPilotRounds, kMostPilotRounds);
  Suite suite = *context.suite;
  suite.design.measure = rounds * *suite.design.slice;
  SegmentContext here = context;
  here.suite = &suite;
  here.kept = nullptr;
  SegmentSpec spec;
  spec.slices = rounds;
  spec.arrival_seed = derive_seed(seed, 0);
  spec.id_seed = derive_seed(seed, 1);
  const std::vector<SegmentSpec> specs(2, spec);
  std::deque<SegmentRun> runs;
  for (std::size_t i = 0; i < specs.size(); ++i) runs.emplace_back(spec, here, *here.sinks[i]);
  measure(runs, specs);
  for (SegmentRun& run : runs) static_cast<void>(run.finish());
  return choose_slices(runs.front().slice_costs_us(), runs.back().slice_costs_us(), slices);
}

}  // namespace tracetax
