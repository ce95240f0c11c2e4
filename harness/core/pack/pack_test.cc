// zstd and snappy there and back, within their bounds, and against bytes from elsewhere.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "harness/core/pack/snappy.h"
#include "harness/core/pack/zstd.h"

namespace tracetax {
namespace {

using namespace std::string_literals;

struct Packing {
  const char* name;
  std::string (*pack)(std::string_view);
  tl::expected<std::string, UnpackError> (*unpack)(std::string_view, std::size_t);
};

class Pack : public ::testing::TestWithParam<Packing> {};

TEST_P(Pack, ComesBackWithinTheLimitAndNotBeyond) {
  std::string mixed;
  for (std::uint32_t i = 0; i < 200'000; ++i)
    mixed.push_back(static_cast<char>(i * 2'654'435'761U >> (i % 3 * 8)));
  for (const std::string& text : {""s, "x"s, std::string(3'000'000, 'y'), mixed}) {
    const std::string packed = GetParam().pack(text);
    EXPECT_EQ(GetParam().unpack(packed, text.size()).value(), text);
    if (text.empty()) continue;
    const auto beyond = GetParam().unpack(packed, text.size() - 1);
    ASSERT_FALSE(beyond.has_value());
    EXPECT_TRUE(beyond.error().too_large) << beyond.error().message;
  }
}

TEST_P(Pack, WhatIsCutOffIsAnErrorAndNotTooLarge) {
  const std::string packed = GetParam().pack("some text, some text, and more text");
  for (std::size_t size = 0; size < packed.size(); ++size) {
    // A stream of snappy has no end of its own: its identifier alone is an empty one.
    if (GetParam().name == "stream"s && size == 10) continue;
    const auto out = GetParam().unpack(std::string_view{packed}.substr(0, size), 1000);
    ASSERT_FALSE(out.has_value()) << size;
    EXPECT_FALSE(out.error().too_large) << size;
  }
}

TEST_P(Pack, WhatFollowsIsAnError) {
  EXPECT_FALSE(GetParam().unpack(GetParam().pack("text") + "x", 1000).has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Each, Pack,
    ::testing::Values(Packing{"zstd", [](std::string_view text) { return pack_zstd(text); },
                              unpack_zstd},
                      Packing{"block", pack_snappy_block, unpack_snappy},
                      Packing{"stream", pack_snappy_stream, unpack_snappy}),
    [](const auto& test) { return test.param.name; });

TEST(Zstd, FramesOneAfterAnotherAreJoined) {
  EXPECT_EQ(unpack_zstd(pack_zstd("hello ") + pack_zstd("world"), 11).value(), "hello world");
  EXPECT_TRUE(unpack_zstd(pack_zstd("hello ") + pack_zstd("world"), 10).error().too_large);
}

/// A header by hand: magic, descriptor of a frame that tells no size, window of 2^27 bytes, and one
/// last block of type raw with the byte 'x'.
TEST(Zstd, AWindowThatWantsTooMuchMemoryIsRefused) {
  const std::string frame = "\x28\xb5\x2f\xfd\x00\x88\x09\x00\x00x"s;
  const auto out = unpack_zstd(frame, 1000);
  ASSERT_FALSE(out.has_value());
  EXPECT_NE(out.error().message.find("too much memory"), std::string::npos) << out.error().message;
  std::string smaller = frame;
  smaller[5] = '\x80';  // 2^26
  EXPECT_EQ(unpack_zstd(smaller, 1000).value(), "x");
}

/// From the specification of the framing format and the CRC-32C of RFC 3720: 32 zero bytes have
/// 0x8a9136aa, masked as the format has it.
TEST(Snappy, ReadsAPlainChunkWithAKnownChecksum) {
  const std::uint32_t crc = 0x8a9136aaU;
  const std::uint32_t masked = (crc >> 15U | crc << 17U) + 0xa282ead8U;
  std::string stream = "\xff\x06\x00\x00sNaPpY\x01\x24\x00\x00"s;
  for (int i = 0; i < 4; ++i) stream.push_back(static_cast<char>(masked >> (8 * i) & 0xffU));
  stream.append(32, '\0');
  EXPECT_EQ(unpack_snappy(stream, 32).value(), std::string(32, '\0'));
  stream.back() = 1;
  EXPECT_EQ(unpack_snappy(stream, 32).error().message, "snappy: incorrect checksum");
}

TEST(Snappy, SkipsWhatMayBeSkippedAndRefusesOtherChunks) {
  const std::string stream = pack_snappy_stream("text");
  EXPECT_EQ(unpack_snappy(stream + "\xfe\x03\x00\x00xyz"s + stream, 8).value(), "texttext");
  EXPECT_EQ(unpack_snappy(stream + "\x02\x00\x00\x00"s, 8).error().message,
            "snappy: a chunk of unknown type 2");
}

/// A block of seven bytes that says it holds 64 MiB less one.
TEST(Snappy, APromiseOfMuchTakesNoMemory) {
  const auto out = unpack_snappy("\xff\xff\xff\x1f\x08xyz"s, 64U << 20U);
  ASSERT_FALSE(out.has_value());
  EXPECT_EQ(out.error().message, "snappy: damaged data");
}

}  // namespace
}  // namespace tracetax
