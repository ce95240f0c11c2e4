// Feeds any bytes to the three readers of HdrHistogram data: as a blob, as base64 and as an
// interval log. What is accepted must survive being written and read again.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "harness/core/histogram/hdr_codec.h"
#include "harness/core/histogram/hdr_log.h"

namespace {

using namespace tracetax;

void check(bool fact) {
  if (!fact) std::abort();
}

void check_histogram(const Histogram& histogram) {
  const auto again = decode_compressed(encode_compressed(histogram));
  check(again && *again == histogram);
  check(histogram.min() <= histogram.max());
  check(histogram.percentile(0) <= histogram.percentile(100));
  check(histogram.quantile_interpolated(0.5) <= static_cast<double>(histogram.max()));
  check(!write_hgrm(histogram).empty());
}

void check_log(const HdrLog& log) {
  const auto again = read_hdr_log(write_hdr_log(log, "fuzz"));
  check(again && again->intervals.size() == log.intervals.size());
  for (std::size_t i = 0; i < log.intervals.size(); ++i) {
    check(again->intervals[i].histogram == log.intervals[i].histogram);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto histogram = decode_compressed({data, size})) check_histogram(*histogram);
  if (const auto histogram = decode_base64(text)) check_histogram(*histogram);
  if (const auto log = read_hdr_log(text)) check_log(*log);
  return 0;
}
