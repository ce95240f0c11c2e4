// How far an emulated framework is from the real one: the two targets of a pair, quantity by
// quantity, and whether emulations rank the frameworks as the real ones do. Pure functions of a
// RunResult.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/run_result.h"
#include "harness/core/text/effect_text.h"
#include "harness/stats/rank_agreement.h"

namespace tracetax {

enum class FidelityKind { cpu_off, a, b, overhead, capacity, memory, switches };

/// What is compared. `arm` is an index into Suite::arms; it is 0, `off`, where there is no choice.
struct FidelityQuantity {
  FidelityKind kind = FidelityKind::cpu_off;
  int arm = 0;
  friend bool operator==(const FidelityQuantity&, const FidelityQuantity&) = default;
};
/// "cpu_off" "a" "b" "overhead on@1%" "capacity off" "memory on@100%" "switches off": in files.
[[nodiscard]] std::string id_of(const Suite& suite, const FidelityQuantity& quantity);

/// One side of a pair. Microseconds, per cent, requests/s, bytes, or switches per request.
struct FidelitySide {
  std::optional<double> value;       // Hodges-Lehmann over the blocks
  std::optional<Interval> interval;  // 95 %
  int blocks = 0;
  /// How far off2 is from off by the further end of its interval, as a share of off; of an overhead
  /// that of CPU. None without off2, of a and b, and of a level that is not of off.
  std::optional<double> floor;
};

/// With fewer there is no ratio.
inline constexpr int kFewestFidelityBlocks = 6;

struct FidelityRatio {
  FidelityQuantity quantity;
  FidelitySide real, emulated;
  std::optional<double> ratio;  // real / emulated
  std::optional<Interval> interval;
  int blocks = 0;      // that have both
  std::string reason;  // why there is no ratio
};

/// The two cells of one pair and scenario.
struct FidelityPair {
  std::string name;       // of the pair, with its scenario where it has several
  std::string framework;  // of the emulation
  int real = 0, emulated = 0;
  std::vector<FidelityRatio> ratios;  // in the order of Fidelity::quantities
};

struct Fidelity {
  std::vector<FidelityQuantity> quantities;  // that the arms of the run have
  std::vector<FidelityPair> pairs;
  /// Of each quantity: Kendall's tau between real and emulated over the pairs.
  std::vector<std::optional<RankAgreement>> taus;
};

/// How many resamples stand behind each tau's interval.
inline constexpr int kTauResamples = 2000;

/// Cells of one pair, scenario and level, one real and one emulated. Both ways of comparing pair
/// within blocks, which hold all cells. CPU, capacity, memory and switches: the ratio of each
/// block, as logarithms. a, b and overheads are differences and may be negative by chance: see
/// signed_rank_ratio.h. A block in which either side is void or missing gives nothing, and below
/// six blocks there is no ratio.
[[nodiscard]] Fidelity fidelity_of(const RunResult& result);

/// Of CPU per request without tracing alone; none where `cell` is no emulation with a real one
/// beside it. Cheap, where fidelity_of() is not.
[[nodiscard]] std::optional<FidelityRatio> real_beside(const RunResult& result, int cell);

/// Whether emulations cost what real ones do, up to the factor that is asked for.
enum class WithinFactor { yes, no, not_settled };  // by the interval; across a limit: not settled
inline constexpr double kFactor = 2;
[[nodiscard]] std::optional<WithinFactor> within_factor(const FidelityRatio& ratio);

}  // namespace tracetax
