// The bytes that carry the trace context from the driver to the target, per request: computed from
// the scenario's protocol, not measured. What a target sends on to others is not in it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "harness/core/suite/suite.h"

namespace tracetax {

/// `traceparent` as the protocol writes it: name and value (11 + 55 bytes; TTHeader's name is
/// longer) and what the protocol puts around them. HTTP/2 and what runs on it: before HPACK, which
/// packs it by about a third. 0 where the target decides what is sampled, or where the protocol has
/// no place for it; nothing for a kind of scenario that is not known here (a plugin's).
[[nodiscard]] std::optional<int> propagation_bytes(const ScenarioSpec& scenario, Sampling sampling);

}  // namespace tracetax
