// gzip and zlib streams, made at once and undone within a bound.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zlib.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace tracetax {

enum class PackedFormat { zlib, gzip, raw };  // raw: deflate alone, without a checksum

/// Reads a packed stream in pieces, so that a small input cannot demand a large buffer unseen.
/// Members of gzip one after another count as one stream.
class Inflater {
 public:
  Inflater(std::span<const std::byte> packed, PackedFormat format);
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Fills `out` as far as the stream goes and returns how far that is. Stops early on bad data.
  [[nodiscard]] std::size_t read(std::span<std::byte> out);
  /// True if nothing but the checksum is left, and that is right, with nothing behind it.
  [[nodiscard]] bool at_end();
  /// What is wrong with the data; it must be.
  [[nodiscard]] std::string_view mistake() const;

 private:
  [[nodiscard]] bool has_input();

  z_stream stream_{};
  std::span<const std::byte> rest_;  // what zlib was not handed yet
  PackedFormat format_;
  int state_;
};

struct UnpackError {
  bool too_large = false;  // else it is cut off, damaged or followed by anything else
  std::string message;
};
/// The data of a stream, at most `limit_bytes`; never more than about that much memory is used.
[[nodiscard]] tl::expected<std::string, UnpackError> inflate_all(std::string_view packed,
                                                                 PackedFormat format,
                                                                 std::size_t limit_bytes);
/// The same of one or more gzip members.
[[nodiscard]] inline tl::expected<std::string, UnpackError> gunzip(std::string_view packed,
                                                                   std::size_t limit_bytes) {
  return inflate_all(packed, PackedFormat::gzip, limit_bytes);
}

/// gzip at zlib's default level, as Go's exporter compresses. Keeps the compressor's 256 KiB
/// between calls. One thread at a time.
class GzipCompressor {
 public:
  GzipCompressor();
  ~GzipCompressor() { deflateEnd(&stream_); }
  GzipCompressor(const GzipCompressor&) = delete;
  GzipCompressor& operator=(const GzipCompressor&) = delete;

  /// Valid until the next call. Throws std::bad_alloc only.
  [[nodiscard]] const std::string& compress(std::string_view bytes);

 private:
  z_stream stream_{};
  std::string out_;
};

}  // namespace tracetax
