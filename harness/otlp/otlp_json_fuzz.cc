// OTLP/JSON decoding over arbitrary bytes: no crash, no hang, and an error appends nothing.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "harness/otlp/decode.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<tracetax::SpanSeen> spans(1);
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto decoded = tracetax::decode_spans(tracetax::OtlpFormat::json, body, 7, spans);
  if (spans.size() != 1 + (decoded ? *decoded : 0)) std::abort();
  for (std::size_t i = 1; i < spans.size(); ++i) {
    if (!spans[i].trace_id.valid() || !spans[i].span_id.valid()) std::abort();
  }
  return 0;
}
