// SPDX-License-Identifier: Apache-2.0
#include "harness/core/plan.h"

#include <cstddef>
#include <numeric>
#include <utility>

#include "harness/core/request/request_ids.h"

namespace tracetax {
namespace {

// Branches of the seed tree. The numbers are part of what makes a run repeatable: never renumber.
enum Branch : std::uint64_t { kCells = 0, kIds = 1, kCellOrder = 2 };       // of the plan's seed
enum BlockBranch : std::uint64_t { kOrder = 0, kArrivals = 1, kPads = 2 };  // of a block and kind
constexpr std::uint64_t kSliceOrder =
    ~std::uint64_t{0};  // of the arrivals' seed, whose first branches are phases

// The page size: what a launch's stack start can be shifted by before its layout repeats.
constexpr std::uint64_t kPadBound = 4096;

// A number in [0, bound) from the seed's SplitMix64 stream, moving `draws` on. Rejects the
// incomplete last interval, so every number is equally likely.
std::uint64_t draw_below(std::uint64_t bound, std::uint64_t seed, std::uint64_t& draws) {
  const std::uint64_t unfair = (0 - bound) % bound;  // 2^64 mod bound
  std::uint64_t value = derive_seed(seed, draws++);
  while (value < unfair) value = derive_seed(seed, draws++);
  return value % bound;
}

std::vector<int> shuffled(std::size_t count, std::uint64_t seed) {
  std::vector<int> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::uint64_t draws = 0;
  for (std::size_t left = count; left > 1; --left) {
    std::swap(order[left - 1], order[draw_below(left, seed, draws)]);
  }
  return order;
}

// The segments of one kind in one block. Each kind has a shuffle of its own, and the closed-loop
// segments come after all open ones. So the open segments of a block stay close in time, where
// drift is small, none of them follows a saturated one, and an arm that drew a bad place in one
// kind has not thereby drawn the same place in the other.
void append_segments(Plan& plan, SegmentSpec like, std::size_t arms, std::uint64_t block_seed) {
  const std::uint64_t seed = derive_seed(block_seed, static_cast<std::uint64_t>(like.kind));
  const std::uint64_t pad_seed = derive_seed(seed, kPads);
  const std::uint64_t id_seed = derive_seed(plan.seed, kIds);
  std::uint64_t draws = 0;
  like.arrival_seed = derive_seed(seed, kArrivals);
  for (const int arm : shuffled(arms, derive_seed(seed, kOrder))) {
    like.arm = arm;
    // By the number of the segment, since derive_seed is a bijection of the branch: no two segments
    // of a plan can share ids.
    like.id_seed = derive_seed(id_seed, plan.segments.size());
    like.environment_pad = static_cast<int>(draw_below(kPadBound, pad_seed, draws));
    plan.segments.push_back(like);
    ++like.position;
  }
}

}  // namespace

std::vector<int> slice_order(std::size_t count, std::uint64_t arrival_seed, int round) {
  return shuffled(count, derive_seed(derive_seed(arrival_seed, kSliceOrder),
                                     static_cast<std::uint64_t>(round)));
}

Plan make_plan(const Suite& suite, std::uint64_t seed, int spare_blocks) {
  Plan plan;
  plan.seed = seed;
  for (std::size_t target = 0; target < suite.targets.size(); ++target) {
    for (std::size_t scenario = 0; scenario < suite.scenarios.size(); ++scenario) {
      if (!is_for(suite.scenarios[scenario], suite.targets[target])) continue;
      for (std::size_t level = 0; level < suite.load.levels.size(); ++level) {
        plan.cells.push_back(
            {static_cast<int>(target), static_cast<int>(scenario), static_cast<int>(level)});
      }
    }
  }
  const std::size_t arms = suite.arms.size();
  const std::uint64_t order_seed = derive_seed(seed, kCellOrder);
  std::size_t own_segments = 0;
  for (int block = 0; block < suite.design.blocks + spare_blocks; ++block) {
    if (block == suite.design.blocks) own_segments = plan.segments.size();
    const auto branch = static_cast<std::uint64_t>(block);
    for (const int cell : shuffled(plan.cells.size(), derive_seed(order_seed, branch))) {
      const auto index = static_cast<std::size_t>(cell);
      const std::uint64_t cell_seed = derive_seed(derive_seed(seed, kCells), index);
      const std::uint64_t block_seed = derive_seed(cell_seed, branch);
      SegmentSpec like;
      like.cell = cell;
      like.block = block;
      like.slices = suite.design.slices();
      if (!suite.load.closed) append_segments(plan, like, arms, block_seed);
      like.kind = SegmentKind::capacity;
      if (!suite.design.capacity || !measured_in(plan.cells[index], like.kind)) continue;
      like.slices = 1;
      like.position = suite.load.closed ? 0 : static_cast<int>(arms);
      append_segments(plan, like, arms, block_seed);
    }
  }
  if (spare_blocks > 0) {
    const auto spare = plan.segments.begin() + static_cast<std::ptrdiff_t>(own_segments);
    plan.spares.assign(spare, plan.segments.end());
    plan.segments.erase(spare, plan.segments.end());
  }
  return plan;
}

}  // namespace tracetax
