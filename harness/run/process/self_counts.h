// What a target says about itself when it ends: the last line of its output that is
// {"tracetax_spans":{"started":N,"sampled":N,"ended":N,"dropped":N,"exported":N,"failed":N}}, and
// the last one that is {"tracetax_invariants":[{"name":"no oversell","holds":true,"saw":"0 sold too
// many"}]}.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/run_result.h"

namespace tracetax {

/// Nothing if no line of `output` is that. Counts left out are 0; sampled is then
/// as many as ended, and started as many as sampled. It may say more: "set_after_end",
/// a count, and "sampler", "exporter" and "processor" as they are set up, texts.
[[nodiscard]] std::optional<SelfCounts> read_self_counts(std::string_view output);

/// Without the service's name. Nothing if no line of `output` is that, or if one of its entries has
/// no name or does not say whether it holds.
[[nodiscard]] std::vector<InvariantSeen> read_self_invariants(std::string_view output);

}  // namespace tracetax
