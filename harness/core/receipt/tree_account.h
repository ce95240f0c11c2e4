// What became of the trees of spans that a topology promises, in one segment.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tracetax {

/// Traces whose spans are not those of the tree, with the first of them told. Those that are linked
/// to a request's are told under "POST /order, sold_out (linked)".
struct WrongTree {
  std::string request;  // "POST /order, sold_out"
  std::uint64_t traces = 0;
  std::string example;  // one sentence: the trace id, and what is missing, too many or elsewhere
};

struct TreeAccount {
  std::uint64_t sampled = 0;  // requests that were answered, and whose trace has to come
  std::uint64_t traces = 0;   // of requests: that came, whole or not, and were compared
  std::uint64_t right = 0;    // the same names, kinds and parents as the tree
  std::vector<WrongTree> wrong;
  std::uint64_t lacking = 0;  // of the wrong ones: spans are missing, and nothing else is wrong
  std::map<std::string, std::uint64_t> requests;  // by route and outcome, answered ones, sampled or
                                                  // not: "POST /order, sold_out"
  std::uint64_t links_expected = 0;               // messages of sampled requests that are linked to
  std::uint64_t links_received = 0;               // distinct
  std::uint64_t linked_traces = 0;                // that begin with such a link
  std::uint64_t linked_wrong = 0;  // of these: other spans than the tree says, or linked to what
                                   // no such trace should be linked to
  std::uint64_t counted_expected = 0;   // where spans are counted in place (tracetax.requests): the
  std::uint64_t counted_received = 0;   // requests that should be in the sums, and the sums
  std::uint64_t counted_uncertain = 0;  // may be in the sums beyond that

  /// All that is wrong is that spans, links or counts are missing.
  [[nodiscard]] bool only_loses() const;
  /// What is not as the trees say, a sentence each; empty if all is. Requests whose trace did not
  /// come at all are not looked at.
  [[nodiscard]] std::vector<std::string> faults() const;
};

[[nodiscard]] std::uint64_t wrong_traces(const TreeAccount& account);

}  // namespace tracetax
