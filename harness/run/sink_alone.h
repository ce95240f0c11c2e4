// The sink for people: prints what it received per second, and the totals when it is stopped.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/error.h"
#include "harness/run/sink_store.h"

namespace tracetax {

struct SinkAloneOptions {
  int http_port = kOtlpHttpPort;
  std::uint64_t memory_bytes = kSinkMemoryBytes;
  bool quiet = false;  // only the totals
};

/// Runs until SIGINT or SIGTERM (whose handlers it replaces), or until stdout is closed. Counts go to
/// stdout, the address to stderr. Error if the port cannot be had.
[[nodiscard]] Status run_sink_alone(const SinkAloneOptions& options);

}  // namespace tracetax
