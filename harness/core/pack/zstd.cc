// SPDX-License-Identifier: Apache-2.0
#include "harness/core/pack/zstd.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <new>

namespace tracetax {
namespace {

constexpr int kWindowLogMost = 26;  // 64 MiB
constexpr std::size_t kFirstPiece = 16 * 1024;

}  // namespace

tl::expected<std::string, UnpackError> unpack_zstd(std::string_view packed,
                                                   std::size_t limit_bytes) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context{ZSTD_createDCtx(),
                                                                     &ZSTD_freeDCtx};
  if (context == nullptr) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kWindowLogMost);
  std::string out;
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  std::size_t made = 0, wanted = 1;  // wanted 0: a frame has ended
  while (in.pos < in.size || made == out.size()) {
    // One byte above the limit, so that reaching it and passing it can be told apart.
    if (made == out.size())
      out.resize(std::min(std::max(kFirstPiece, out.size() * 2), limit_bytes + 1));
    ZSTD_outBuffer to{out.data(), out.size(), made};
    const std::size_t in_before = in.pos;
    wanted = ZSTD_decompressStream(context.get(), &to, &in);
    if (ZSTD_isError(wanted) != 0)
      return tl::unexpected{UnpackError{false, fmt::format("zstd: {}", ZSTD_getErrorName(wanted))}};
    const bool moved = to.pos > made || in.pos > in_before;
    made = to.pos;
    if (made > limit_bytes) {
      return tl::unexpected{
          UnpackError{true, fmt::format("zstd: unpacks to more than {} bytes", limit_bytes)}};
    }
    if (!moved || (wanted == 0 && in.pos == in.size)) break;
  }
  if (wanted != 0) return tl::unexpected{UnpackError{false, "zstd: ends before its end"}};
  out.resize(made);
  return out;
}

std::string pack_zstd(std::string_view bytes, int level) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level);
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();  // nothing else can fail
  out.resize(size);
  return out;
}

}  // namespace tracetax
