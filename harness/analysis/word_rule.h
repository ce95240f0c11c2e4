// The words of a run's comparisons, given to all of them together. Each interval is a 95 % one by
// itself; a word on each such interval alone would be false in one of twenty, and in half of the
// runs with twenty comparisons.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "harness/core/suite/suite.h"

namespace tracetax {

struct Comparison;  // comparison.h

enum class Word { higher, lower, within_noise, void_ };
[[nodiscard]] std::string_view name_of(Word word);  // "higher" "lower" "within noise" "void"

/// From this many blocks on, words hold together. The exact p-value of 10 pairs is 0.002 at best,
/// just below a twentieth of 0.05; with 9 it is 0.004, and nothing could be found among twenty.
inline constexpr int kBlocksForWordsTogether = 10;
/// The false-discovery rate of words that hold together, and the chance that any sham moved.
inline constexpr double kFalseWords = 0.05;

/// How the words of a run were given.
struct WordRule {
  int comparisons = 0;    // that have a number
  int blocks = 0;         // pairs of the one that has most
  bool together = false;  // false: each word rests on its own interval
  /// So many must differ at once before the word of any can say so: exact p-values of so few blocks
  /// are no smaller.
  int fewest_told = 1;
  int sham_comparisons = 0;
  int sham_moved = 0;          // of these: differ from `off`, by Holm's correction over all of them
  int sham_blocks_needed = 0;  // to tell a single sham that moved; 0: as many as there are
};

/// Takes the word `higher` or `lower` from those that chance makes too easily, and notes the
/// p-values. Traced arms: Benjamini and Hochberg over every comparison of the run that has a
/// number, all cells and metrics. Sham arms: Holm over them, whatever the number of blocks, and the
/// former too.
[[nodiscard]] WordRule give_words(const Suite& suite, std::vector<Comparison>& comparisons);

}  // namespace tracetax
