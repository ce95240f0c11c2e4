// What the tests of exports share: bodies as a worker makes them, and unpacked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zstd.h>

#include <memory>
#include <string>

#include "harness/core/gzip/gzip.h"
#include "scenarios/otlp/body_maker.h"

namespace tracetax::testing {

inline constexpr std::int64_t kNow = 1'800'000'000'123'456'789;  // ns since 1970

inline RequestIds export_ids() { return {7, *SampleRate::make(1)}; }

struct MadeBody {
  std::string bytes;     // as sent
  std::size_t made = 0;  // before compression
};
inline MadeBody make_body(const SpanShape& shape, std::uint64_t number, bool as_json = false,
                          Packing packing = Packing::none, bool without_spans = false) {
  BodyMaker maker(std::make_shared<const BodyForm>(make_body_form(shape, as_json)), packing);
  BodyBuffer out;
  out.append("before");
  const std::size_t made = maker.make({export_ids(), number, kNow, without_spans}, out);
  return {std::string(out.view().substr(6)), made};
}

inline std::string unpacked(const std::string& bytes, Packing packing) {
  if (packing == Packing::none) return bytes;
  if (packing == Packing::gzip) return gunzip(bytes, 1 << 30).value();
  std::string out(ZSTD_getFrameContentSize(bytes.data(), bytes.size()), '\0');
  out.resize(ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size()));
  return out;
}

}  // namespace tracetax::testing
