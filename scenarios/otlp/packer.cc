// SPDX-License-Identifier: Apache-2.0
#include "scenarios/otlp/packer.h"

#include <new>

namespace tracetax {

Packer::Packer(Packing packing) : packing_(packing) {
  if (packing == Packing::gzip) gzip_.emplace();
  if (packing == Packing::zstd) {
    zstd_.reset(ZSTD_createCCtx());
    if (zstd_ == nullptr) throw std::bad_alloc();
  }
}

void Packer::append(std::string_view bytes, BodyBuffer& out) {
  switch (packing_) {
    case Packing::none:
      return out.append(bytes);
    case Packing::gzip:
      return out.append(gzip_->compress(bytes));
    case Packing::zstd: {
      const std::size_t before = out.size(), most = ZSTD_compressBound(bytes.size());
      char* const to = out.extend(most);
      const std::size_t size =
          ZSTD_compressCCtx(zstd_.get(), to, most, bytes.data(), bytes.size(), ZSTD_CLEVEL_DEFAULT);
      if (ZSTD_isError(size) != 0) throw std::bad_alloc();  // nothing else can go wrong here
      return out.shrink(before + size);
    }
  }
}

}  // namespace tracetax
