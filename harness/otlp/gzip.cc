// zlib's inflate in a loop that doubles its buffer up to the limit, so that a small bomb costs no
// more than the limit and a small payload costs little.
// SPDX-License-Identifier: Apache-2.0
#include "harness/otlp/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace tracetax {
namespace {

constexpr int kGzipOnly =
    16 + MAX_WBITS;  // zlib: 16 added to the window size expects a gzip header
constexpr std::size_t kFirstBuffer = 16 * 1024;

struct InflateEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

[[nodiscard]] tl::unexpected<Error> bad(std::string_view what) {
  return failure(ExitCode::usage, fmt::format("gzip: {}", what));
}

/// zlib counts in 32 bits; larger pieces are handed over one after another.
[[nodiscard]] uInt piece(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

}  // namespace

Result<std::string> gunzip(std::string_view packed, std::size_t limit_bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) return bad("no memory to unpack it");
  const std::unique_ptr<z_stream, InflateEnd> ends(&stream);

  std::string out;
  std::size_t used = 0, produced = 0;
  bool in_member = true;
  while (in_member || used < packed.size()) {
    if (!in_member) {
      inflateReset(&stream);
      in_member = true;
    }
    if (produced == out.size()) {
      if (produced > limit_bytes)
        return bad(fmt::format("unpacks to more than {} bytes", limit_bytes));
      // One byte above the limit, so that reaching it and passing it can be told apart.
      out.resize(std::min(std::max(kFirstBuffer, out.size() * 2), limit_bytes + 1));
    }
    const uInt in = piece(packed.size() - used), room = piece(out.size() - produced);
    // zlib never writes through next_in, but its declaration is older than const.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + used));
    stream.avail_in = in;
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + produced);
    stream.avail_out = room;
    const int status = inflate(&stream, Z_NO_FLUSH);
    used += in - stream.avail_in;
    produced += room - stream.avail_out;
    if (status == Z_STREAM_END) {
      in_member = false;
    } else if (status == Z_BUF_ERROR ||
               (status == Z_OK && used == packed.size() && stream.avail_out > 0)) {
      return bad("ends before its trailer");
    } else if (status != Z_OK) {
      return bad(stream.msg != nullptr ? stream.msg : "damaged data");
    }
  }
  if (produced > limit_bytes) return bad(fmt::format("unpacks to more than {} bytes", limit_bytes));
  out.resize(produced);
  return out;
}

}  // namespace tracetax
