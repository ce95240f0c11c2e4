// The sink for people: prints what it received per second, and the totals when it is stopped.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "harness/core/text/error.h"
#include "harness/run/sink/sink_doors.h"
#include "harness/run/sink/sink_store.h"

namespace tracetax {

struct SinkAloneOptions {
  DoorsWanted doors{.http_port = kOtlpHttpPort, .grpc_port = kOtlpGrpcPort};
  std::uint64_t memory_bytes = kSinkMemoryBytes;
  bool quiet = false;  // only the totals
};

/// Serves until SIGINT or SIGTERM, whose handlers it replaces; calls `ready` once the ports are
/// known, and then tells the addresses on stderr. Returns FaultyReceiver::recovery_ms(). Error if a
/// port cannot be had.
[[nodiscard]] Result<std::optional<double>> serve_until_stopped(
    const DoorsWanted& wanted, PayloadReceiver& receiver,
    const std::function<void(SinkDoors&)>& ready);

/// Runs until SIGINT or SIGTERM (whose handlers it replaces), or until stdout is closed. Counts go
/// to stdout, the addresses to stderr. Error if a port cannot be had.
[[nodiscard]] Status run_sink_alone(const SinkAloneOptions& options);

}  // namespace tracetax
