// How many spans a payload carries, by a scan that looks no deeper: for a receiver that keeps
// nothing. It reads the lengths and brackets that lead to the spans, and passes over what is in
// them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "harness/core/text/error.h"
#include "harness/otlp/decode.h"

namespace tracetax {

/// Usage error if the outer form is broken; what stands within a span is not checked, so a payload
/// that decode_payload() refuses may be counted here. What it takes has the same number of spans
/// here, but for forms that no exporter writes: groups in protobuf, keys with escapes in JSON. A
/// compressed body is unpacked, as any receiver must.
[[nodiscard]] Result<std::uint64_t> count_spans(const OtlpPayload& payload);

/// The same for a body that is not compressed.
[[nodiscard]] Result<std::uint64_t> count_spans(OtlpFormat format, std::string_view body);

}  // namespace tracetax
