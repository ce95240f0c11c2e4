// What an OTLP receiver answers to an export that it took: ExportTraceServiceResponse, in the
// protocol's encoding. The bytes are a stranger's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "harness/load/session/scenario.h"
#include "scenarios/otlp/otlp_options.h"

namespace tracetax {

/// Reads an answer of this protocol. Not readable: bytes that are no such message, or a negative
/// number of spans. An empty one is success.
[[nodiscard]] auto answer_reader(OtlpProtocol protocol) -> ExportAnswer (*)(std::string_view body);

}  // namespace tracetax
