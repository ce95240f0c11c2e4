// Compresses bodies; keeps its memory and its tables between them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <zstd.h>

#include <memory>
#include <optional>
#include <string_view>

#include "harness/core/gzip/gzip.h"
#include "harness/load/session/body_buffer.h"
#include "scenarios/otlp/otlp_options.h"

namespace tracetax {

/// gzip at zlib's default level and zstd at its own (3), as exporters have them. One thread at a
/// time.
class Packer {
 public:
  explicit Packer(Packing packing);
  [[nodiscard]] Packing packing() const noexcept { return packing_; }
  /// Appends `bytes`, compressed. Throws std::bad_alloc only.
  void append(std::string_view bytes, BodyBuffer& out);

 private:
  struct FreeZstd {
    void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
  };

  Packing packing_;
  std::optional<GzipCompressor> gzip_;
  std::unique_ptr<ZSTD_CCtx, FreeZstd> zstd_;
};

}  // namespace tracetax
