// What became of the trees of spans that a topology promises, in one segment.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tracetax {

/// Distinct whole traces whose spans are not those of the tree, with the first of them told.
struct WrongTree {
  std::string request;  // "POST /order, sold_out"
  std::uint64_t traces = 0;
  std::string example;  // one sentence: the trace id, and what is missing, too many or elsewhere
};

struct TreeAccount {
  std::uint64_t traces = 0;  // that came whole and were compared
  std::uint64_t right = 0;   // the same names, kinds and parents as the tree
  std::vector<WrongTree> wrong;
  std::map<std::string, std::uint64_t> requests;  // by route and outcome, answered ones, sampled or
                                                  // not: "POST /order, sold_out"
  std::uint64_t links_expected = 0;               // messages of sampled requests that are linked to
  std::uint64_t links_received = 0;               // distinct
  std::uint64_t linked_traces = 0;                // that begin with such a link
  std::uint64_t linked_wrong = 0;                 // of these: other spans than the tree says
  std::uint64_t counted_expected = 0;  // where spans are counted in place (tracetax.requests): the
  std::uint64_t counted_received = 0;  // requests that should be in the sums, and the sums
};

}  // namespace tracetax
