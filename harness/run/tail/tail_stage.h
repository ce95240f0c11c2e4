// The tail sampler as a program: OTLP in by the sink's doors, a clock, OTLP out, and its numbers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "harness/core/text/error.h"
#include "harness/run/sink/sink_doors.h"
#include "harness/run/sink/sink_store.h"
#include "harness/run/tail/tail_exporter.h"
#include "harness/run/tail/tail_sampler.h"

namespace tracetax {

struct TailStageOptions {
  DoorsWanted doors;
  TailRules rules;
  TailDestination to;
  std::optional<int> metrics_port = std::nullopt;  // on 127.0.0.1; 0: any free one; none: without
  /// Bounds what waits for its decision and what waits to be sent. Who sends more is told to come
  /// again.
  std::uint64_t memory_bytes = kSinkMemoryBytes;
};

/// Runs until SIGINT or SIGTERM, whose handlers it replaces; then decides on what waits, by what
/// has come of it, and sends what it keeps. On stdout {"ready":true,"port":N,"grpc_port":N,
/// "metrics_port":N} at first, and tail_numbers_json() at last. Takes protobuf only. Error if a
/// port cannot be had.
[[nodiscard]] Status run_tail_stage(const TailStageOptions& options);

}  // namespace tracetax
