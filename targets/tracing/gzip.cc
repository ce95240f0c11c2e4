// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/gzip.h"

#include <new>

namespace tracetax {

GzipCompressor::GzipCompressor() {
  constexpr int kGzipWindow = 15 + 16;  // 32 KiB window, gzip header
  constexpr int kDefaultMemory = 8;
  if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kDefaultMemory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

GzipCompressor::~GzipCompressor() { deflateEnd(&stream_); }

const std::string& GzipCompressor::compress(std::string_view bytes) {
  deflateReset(&stream_);
  out_.resize(deflateBound(&stream_, bytes.size()));
  // zlib's interface is not const correct; it does not write to its input.
  stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream_.avail_in = static_cast<uInt>(bytes.size());
  stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
  stream_.avail_out = static_cast<uInt>(out_.size());
  deflate(&stream_, Z_FINISH);
  out_.resize(stream_.total_out);
  return out_;
}

}  // namespace tracetax
