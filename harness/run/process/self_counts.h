// What a target says about its own spans when it ends: the last line of its output that is
// {"tracetax_spans":{"started":N,"sampled":N,"ended":N,"dropped":N,"exported":N,"failed":N}}.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/core/run_result.h"

namespace tracetax {

/// Nothing if no line of `output` is that. Counts left out are 0; sampled is then
/// as many as ended, and started as many as sampled. It may say more: "set_after_end",
/// a count, and "sampler", "exporter" and "processor" as they are set up, texts.
[[nodiscard]] std::optional<SelfCounts> read_self_counts(std::string_view output);

}  // namespace tracetax
