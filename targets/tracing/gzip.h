// gzip of one request body at zlib's default level, as Go's exporter compresses.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

namespace tracetax {

/// Keeps the compressor's 256 KiB between calls. One thread at a time.
class GzipCompressor {
 public:
  GzipCompressor();
  ~GzipCompressor();
  GzipCompressor(const GzipCompressor&) = delete;
  GzipCompressor& operator=(const GzipCompressor&) = delete;

  /// Valid until the next call. Throws std::bad_alloc only.
  [[nodiscard]] const std::string& compress(std::string_view bytes);

 private:
  z_stream stream_{};
  std::string out_;
};

}  // namespace tracetax
