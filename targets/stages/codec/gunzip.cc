// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/codec/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace tracetax {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's word for the gzip format

/// The inflater's state, freed at the end of the block.
struct Inflater {
  z_stream stream{};
  bool ready = inflateInit2(&stream, kGzipWindow) == Z_OK;
  Inflater() = default;
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
};

}  // namespace

GunzipOutcome gunzip(std::string_view bytes, std::size_t most, std::string& out) {
  out.clear();
  Inflater inflater;
  if (!inflater.ready) return GunzipOutcome::malformed;
  z_stream& stream = inflater.stream;
  std::string input(bytes);  // zlib's pointer to its input is not const
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::array<char, 4096> piece;
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END) return GunzipOutcome::malformed;
    const std::size_t made = piece.size() - stream.avail_out;
    if (made > most - out.size()) return GunzipOutcome::too_large;
    out.append(piece.data(), made);
    if (code == Z_STREAM_END && stream.avail_in == 0) return GunzipOutcome::done;
    if (code == Z_STREAM_END && inflateReset(&stream) != Z_OK) return GunzipOutcome::malformed;
    if (code == Z_OK && stream.avail_in == 0 && made == 0) return GunzipOutcome::malformed;
  }
}

}  // namespace tracetax
