// Protobuf payloads over arbitrary bytes, plain and packed (by the first byte): no crash, no
// hang, an error appends nothing, and the two ways of counting agree.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <iterator>

#include "harness/otlp/count.h"

namespace {

using tracetax::OtlpEncoding;
// The first two have their places since the corpus began.
constexpr OtlpEncoding kEncodings[] = {OtlpEncoding::gzip, OtlpEncoding::identity,
                                       OtlpEncoding::deflate, OtlpEncoding::zstd,
                                       OtlpEncoding::snappy};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::vector<tracetax::SpanSeen> spans(1);
  const tracetax::OtlpPayload payload{
      .body = std::string(reinterpret_cast<const char*>(data) + 1, size - 1),
      .format = tracetax::OtlpFormat::protobuf,
      .encoding = kEncodings[data[0] % std::size(kEncodings)],
      .arrived_unix_ns = 7};
  const auto decoded = tracetax::decode_payload(payload, spans);
  const auto counted = tracetax::count_spans(payload);
  if (decoded && counted && *decoded != *counted) std::abort();
  if (spans.size() != 1 + (decoded ? *decoded : 0)) std::abort();
  for (std::size_t i = 1; i < spans.size(); ++i) {
    if (!spans[i].trace_id.valid() || !spans[i].span_id.valid()) std::abort();
  }
  return 0;
}
