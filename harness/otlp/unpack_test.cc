// Every encoding of OTLP bodies: its names, the way back, bombs and garbage.
// SPDX-License-Identifier: Apache-2.0
#include "harness/otlp/unpack.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "harness/core/gzip/gzip_fixture.h"
#include "harness/core/pack/snappy.h"
#include "harness/core/pack/zstd.h"

namespace tracetax {
namespace {

/// By zlib itself; `window` as deflateInit2 has it.
[[nodiscard]] std::string deflated(std::string_view text, int window) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Packed {
  const char* name;
  OtlpEncoding encoding;
  std::string (*pack)(std::string_view);
};

const Packed kAll[] = {
    {"gzip", OtlpEncoding::gzip, gzip_of},
    {"zlib", OtlpEncoding::deflate, [](std::string_view text) { return deflated(text, 15); }},
    {"raw deflate", OtlpEncoding::deflate,
     [](std::string_view text) { return deflated(text, -15); }},
    {"zstd", OtlpEncoding::zstd, [](std::string_view text) { return pack_zstd(text); }},
    {"snappy block", OtlpEncoding::snappy, pack_snappy_block},
    {"snappy stream", OtlpEncoding::snappy, pack_snappy_stream},
};

TEST(UnpackOtlp, EveryEncodingComesBack) {
  for (const Packed& one : kAll) {
    for (const std::size_t size : {0U, 1U, 100'000U}) {
      const std::string text(size, 't');
      const auto back = unpack_otlp(one.encoding, one.pack(text));
      ASSERT_TRUE(back.has_value()) << one.name << ": " << back.error().message;
      EXPECT_EQ(*back, text) << one.name;
    }
  }
}

/// One byte more than OTLP allows, in a few KB: refused, and never unpacked as a whole.
TEST(UnpackOtlp, BombsAreRefused) {
  const std::string bomb(kOtlpMaxRequestBytes + 1, '\0');
  for (const Packed& one : kAll) {
    const auto back = unpack_otlp(one.encoding, one.pack(bomb));
    ASSERT_FALSE(back.has_value()) << one.name;
    EXPECT_NE(back.error().message.find("unpacks to more than 67108864 bytes"), std::string::npos)
        << back.error().message;
  }
}

TEST(UnpackOtlp, GarbageIsAnError) {
  for (const OtlpEncoding encoding :
       {OtlpEncoding::gzip, OtlpEncoding::deflate, OtlpEncoding::zstd, OtlpEncoding::snappy}) {
    for (const std::string& garbage :
         {std::string(), std::string("plain text"), std::string(1000, '\xff')}) {
      EXPECT_FALSE(unpack_otlp(encoding, garbage).has_value())
          << static_cast<int>(encoding) << " " << garbage;
    }
  }
}

TEST(OtlpEncoding, NamesInAnyCaseAndTheCollectorsOwn) {
  EXPECT_EQ(otlp_encoding(""), OtlpEncoding::identity);
  EXPECT_EQ(otlp_encoding("GZip"), OtlpEncoding::gzip);
  EXPECT_EQ(otlp_encoding("zlib"), OtlpEncoding::deflate);
  EXPECT_EQ(otlp_encoding("x-snappy-framed"), OtlpEncoding::snappy);
  EXPECT_EQ(otlp_encoding("zstd"), OtlpEncoding::zstd);
  for (const char* other : {"br", "lz4", "gzip, zstd", "gzi"}) {
    EXPECT_FALSE(otlp_encoding(other).has_value()) << other;
  }
}

}  // namespace
}  // namespace tracetax
