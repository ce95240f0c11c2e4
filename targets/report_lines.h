// The lines of JSON by which a target reports on its standard output: that it is ready, and what
// became of its spans.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "targets/tracing/config.h"
#include "targets/tracing/counts.h"

namespace tracetax {

/// {"ready":true,"port":N}
[[nodiscard]] std::string ready_line(std::uint16_t port);
[[nodiscard]] std::optional<std::uint16_t> parse_ready_line(std::string_view line);

/// What is in force, whatever the environment asked for.
struct TracingInForce {
  std::string sampler;    // as it describes itself
  std::string exporter;   // exporter_in_force()
  std::string processor;  // processor_in_force()
};

/// {"tracetax_spans":{"started":N,...,"sampler":"...","exporter":"...","processor":"..."}}
[[nodiscard]] std::string counts_line(const SpanCounts& counts, const TracingInForce& in_force);

/// The counts alone.
[[nodiscard]] std::optional<SpanCounts> parse_counts_line(std::string_view line);

/// Of two processes that are one target.
[[nodiscard]] SpanCounts sum_of(const SpanCounts& one, const SpanCounts& other);

}  // namespace tracetax
