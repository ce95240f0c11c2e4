// SPDX-License-Identifier: Apache-2.0
#include "harness/core/gzip/gzip.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <new>

namespace tracetax {
namespace {

constexpr int kZlibWindow = 15;                // 32 KiB
constexpr int kGzipWindow = kZlibWindow + 16;  // zlib's word for a gzip header
constexpr std::size_t kFirstBuffer = 16 * 1024;

[[nodiscard]] int window_of(PackedFormat format) {
  if (format == PackedFormat::raw) return -kZlibWindow;  // zlib's word for no header at all
  return format == PackedFormat::gzip ? kGzipWindow : kZlibWindow;
}

/// zlib counts in 32 bits; larger pieces are handed over one after another.
uInt piece(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

/// zlib only reads through it, but its declaration is older than const.
Bytef* input(const void* bytes) { return static_cast<Bytef*>(const_cast<void*>(bytes)); }

}  // namespace

Inflater::Inflater(std::span<const std::byte> packed, PackedFormat format)
    : rest_(packed), format_(format), state_(inflateInit2(&stream_, window_of(format))) {}

bool Inflater::has_input() {
  if (stream_.avail_in == 0) {
    stream_.next_in = input(rest_.data());
    stream_.avail_in = piece(rest_.size());
    rest_ = rest_.subspan(stream_.avail_in);
  }
  return stream_.avail_in > 0;
}

std::size_t Inflater::read(std::span<std::byte> out) {
  std::size_t made = 0;
  while (state_ == Z_OK && made < out.size()) {
    static_cast<void>(has_input());  // where there is none, inflate tells whether any is missing
    const uInt room = piece(out.size() - made);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + made);
    stream_.avail_out = room;
    state_ = inflate(&stream_, Z_NO_FLUSH);
    made += room - stream_.avail_out;
    if (state_ == Z_STREAM_END && format_ == PackedFormat::gzip && has_input()) {
      state_ = inflateReset(&stream_);
    }
  }
  return made;
}

bool Inflater::at_end() {
  std::byte surplus{};
  return read({&surplus, 1}) == 0 && state_ == Z_STREAM_END && !has_input();
}

std::string_view Inflater::mistake() const {
  if (state_ == Z_MEM_ERROR) return "no memory to unpack it";
  if (state_ == Z_BUF_ERROR) return "ends before its trailer";
  return stream_.msg != nullptr ? stream_.msg : "damaged data";
}

tl::expected<std::string, UnpackError> inflate_all(std::string_view packed, PackedFormat format,
                                                   std::size_t limit_bytes) {
  Inflater inflater(std::as_bytes(std::span{packed}), format);
  const std::string_view name = format == PackedFormat::gzip ? "gzip" : "deflate";
  std::string out;
  std::size_t made = 0;
  while (made == out.size() && made <= limit_bytes) {
    // One byte above the limit, so that reaching it and passing it can be told apart.
    out.resize(std::min(std::max(kFirstBuffer, out.size() * 2), limit_bytes + 1));
    made += inflater.read(std::as_writable_bytes(std::span{out}.subspan(made)));
  }
  if (made > limit_bytes) {
    return tl::unexpected{
        UnpackError{true, fmt::format("{}: unpacks to more than {} bytes", name, limit_bytes)}};
  }
  if (!inflater.at_end()) {
    return tl::unexpected{UnpackError{false, fmt::format("{}: {}", name, inflater.mistake())}};
  }
  out.resize(made);
  return out;
}

GzipCompressor::GzipCompressor() {
  constexpr int kDefaultMemory = 8;
  if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kDefaultMemory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

const std::string& GzipCompressor::compress(std::string_view bytes) {
  deflateReset(&stream_);
  out_.resize(deflateBound(&stream_, bytes.size()));
  stream_.next_in = input(bytes.data());
  stream_.avail_in = static_cast<uInt>(bytes.size());
  stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
  stream_.avail_out = static_cast<uInt>(out_.size());
  deflate(&stream_, Z_FINISH);
  out_.resize(stream_.total_out);
  return out_;
}

}  // namespace tracetax
