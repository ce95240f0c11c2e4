// Exports of made-up spans as what the load engine sends.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/load/scenario/scenario_kind.h"
#include "scenarios/otlp/otlp_options.h"

namespace tracetax {

/// A body larger than this is refused: no receiver takes it.
inline constexpr std::size_t kOtlpBodyMax = 64 * 1024 * 1024;

/// Errors (usage): headers that are not allowed or not the caller's to set, too large a body. No
/// context is sent with a request, as exporters send none: the spans have their own.
[[nodiscard]] Result<PreparedScenario> prepare_otlp(const OtlpOptions& options,
                                                    const ScenarioUse& use);

/// Of one request, before compression.
[[nodiscard]] std::size_t otlp_body_size(const OtlpOptions& options);

}  // namespace tracetax
