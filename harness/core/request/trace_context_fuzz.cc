// Any text as a traceparent: what is accepted must be valid, print to the same ids and flags, and
// be read back from that print.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/core/request/trace_context.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto context = tracetax::parse_traceparent(text)) {
    require(context->trace_id.valid() && context->span_id.valid());
    const std::string printed = tracetax::format_traceparent(*context);
    require(printed.size() == tracetax::kTraceparentSize);
    require(printed.substr(2) == text.substr(2, tracetax::kTraceparentSize - 2));
    require(tracetax::parse_traceparent(printed) == context);
  }
  if (const auto id = tracetax::trace_id_from_hex(text)) {
    require(tracetax::trace_id_from_hex(tracetax::to_hex(*id)) == id);
  }
  if (const auto id = tracetax::span_id_from_hex(text)) {
    require(tracetax::span_id_from_hex(tracetax::to_hex(*id)) == id);
  }
  return 0;
}
