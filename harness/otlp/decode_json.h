// OTLP/JSON spans. Used by decode.cc only; decode.h is the door.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/core/receipt/receipt.h"
#include "harness/core/receipt/service_names.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// The attribute of a resource that names the service.
inline constexpr std::string_view kServiceName = "service.name";

/// Appends the spans of `body` to `out`. After an error `out` may hold some of them.
/// The mapping is OTLP's: lowerCamelCase names, ids in hex, 64-bit integers as decimal strings or
/// numbers, enums as integers, null as absent, unknown members ignored whatever they hold.
[[nodiscard]] Status decode_json_spans(std::string_view body, std::uint64_t arrived_unix_ns,
                                       std::vector<SpanSeen>& out, ServiceNames* services);

}  // namespace tracetax
