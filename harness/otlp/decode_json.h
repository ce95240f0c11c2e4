// OTLP/JSON spans, and what both decoders share. Used by them only; decode.h is the door.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/core/receipt/receipt.h"
#include "harness/core/text/error.h"
#include "harness/otlp/decode.h"

namespace tracetax {

/// The attribute of a resource that names the service.
inline constexpr std::string_view kServiceName = "service.name";

/// Keeps `name` if its span is marked and none is kept yet.
void keep_raw_path(const SpanSeen& span, std::string_view name, std::string* kept);

/// Appends the spans of `body` to `out`. After an error `out` may hold some of them.
/// The mapping is OTLP's: lowerCamelCase names, ids in hex, 64-bit integers as decimal strings or
/// numbers, enums as integers, null as absent, unknown members ignored whatever they hold.
[[nodiscard]] Status decode_json_spans(std::string_view body, std::uint64_t arrived_unix_ns,
                                       std::vector<SpanSeen>& out, const NamesSeen& names);

}  // namespace tracetax
