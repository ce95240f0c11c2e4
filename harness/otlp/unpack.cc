// SPDX-License-Identifier: Apache-2.0
#include "harness/otlp/unpack.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "harness/core/gzip/gzip.h"
#include "harness/core/pack/snappy.h"
#include "harness/core/pack/zstd.h"

namespace tracetax {
namespace {

constexpr std::array<std::pair<std::string_view, OtlpEncoding>, 8> kNames{{
    {"", OtlpEncoding::identity},
    {"identity", OtlpEncoding::identity},
    {"gzip", OtlpEncoding::gzip},
    {"deflate", OtlpEncoding::deflate},
    {"zlib", OtlpEncoding::deflate},
    {"zstd", OtlpEncoding::zstd},
    {"snappy", OtlpEncoding::snappy},
    {"x-snappy-framed", OtlpEncoding::snappy},
}};

/// RFC 1950: the method is 8, and the first two bytes are a multiple of 31. A raw stream that
/// begins so would be a stored block whose unused bits are set, which nobody writes.
[[nodiscard]] PackedFormat deflate_format(std::string_view body) {
  if (body.size() < 2) return PackedFormat::zlib;
  const unsigned first = static_cast<unsigned char>(body[0]);
  const unsigned second = static_cast<unsigned char>(body[1]);
  const bool zlib = (first & 0x0fU) == 8 && (first << 8U | second) % 31 == 0;
  return zlib ? PackedFormat::zlib : PackedFormat::raw;
}

[[nodiscard]] tl::expected<std::string, UnpackError> unpack(OtlpEncoding encoding,
                                                            std::string_view body) {
  switch (encoding) {
    case OtlpEncoding::identity:
      return std::string(body);
    case OtlpEncoding::gzip:
      return inflate_all(body, PackedFormat::gzip, kOtlpMaxRequestBytes);
    case OtlpEncoding::deflate:
      return inflate_all(body, deflate_format(body), kOtlpMaxRequestBytes);
    case OtlpEncoding::zstd:
      return unpack_zstd(body, kOtlpMaxRequestBytes);
    case OtlpEncoding::snappy:
      return unpack_snappy(body, kOtlpMaxRequestBytes);
  }
  return tl::unexpected{UnpackError{false, "unknown encoding"}};
}

}  // namespace

std::optional<OtlpEncoding> otlp_encoding(std::string_view name) {
  const auto same = [name](const auto& row) {
    return std::ranges::equal(row.first, name, [](char known, char given) {
      return known == std::tolower(static_cast<unsigned char>(given));
    });
  };
  const auto* found = std::find_if(kNames.begin(), kNames.end(), same);
  return found == kNames.end() ? std::nullopt : std::optional{found->second};
}

Result<std::string> unpack_otlp(OtlpEncoding encoding, std::string_view body) {
  auto unpacked = unpack(encoding, body);
  if (!unpacked) return failure(ExitCode::usage, unpacked.error().message);
  return std::move(*unpacked);
}

}  // namespace tracetax
