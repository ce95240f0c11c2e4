// What an SDK says of its spans on a page of metrics, by the names of OpenTelemetry's semantic
// conventions (otel.sdk.*; Go's with OTEL_GO_X_OBSERVABILITY=true).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "harness/core/run_result.h"

namespace tracetax {

/// As read while the target lives: what still waits in its queue is neither exported nor failed.
/// `exporter` is "none" where nothing takes the spans that end. None: no SDK counts there.
[[nodiscard]] std::optional<SelfCounts> sdk_counts(const ServiceMetrics& metrics);

}  // namespace tracetax
