// The lines of JSON by which a target reports on its standard output: that it is ready, and what
// became of its spans.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "targets/tracing/counts.h"

namespace tracetax {

/// {"ready":true,"port":N}
[[nodiscard]] std::string ready_line(std::uint16_t port);
[[nodiscard]] std::optional<std::uint16_t> parse_ready_line(std::string_view line);

/// {"tracetax_spans":{"started":N,...}}
[[nodiscard]] std::string counts_line(const SpanCounts& counts);
[[nodiscard]] std::optional<SpanCounts> parse_counts_line(std::string_view line);

/// Of two processes that are one target.
[[nodiscard]] SpanCounts sum_of(const SpanCounts& one, const SpanCounts& other);

}  // namespace tracetax
