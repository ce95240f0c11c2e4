// SPDX-License-Identifier: Apache-2.0
#include "harness/core/gzip/gzip.h"

#include <gtest/gtest.h>

#include "harness/core/gzip/gzip_fixture.h"

namespace tracetax {
namespace {

TEST(Gunzip, JoinsMembersAndStopsAtTheLimit) {
  const std::string packed = gzip_of("hello ") + gzip_of("world");
  EXPECT_EQ(gunzip(packed, 11).value(), "hello world");
  EXPECT_EQ(gunzip(packed, 10).error().message, "gzip: unpacks to more than 10 bytes");
  EXPECT_EQ(gunzip(gzip_of(""), 0).value(), "");
  const std::string large(3'000'000, 'x');
  EXPECT_EQ(gunzip(gzip_of(large), large.size()).value(), large);
  EXPECT_FALSE(gunzip(gzip_of(large), large.size() - 1).has_value());
}

TEST(Gunzip, DamageIsAnError) {
  const std::string packed = gzip_of("hello world");
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_FALSE(gunzip(packed.substr(0, size), 1000).has_value()) << size;
  }
  EXPECT_FALSE(gunzip(packed + "x", 1000).has_value());
  EXPECT_FALSE(gunzip("plain text, not packed", 1000).has_value());
  std::string flipped = packed;
  flipped[packed.size() - 6] ^= 1;  // in the checksum
  EXPECT_EQ(gunzip(flipped, 1000).error().message, "gzip: incorrect data check");
}

TEST(Gunzip, TellsWhatIsTooLargeFromWhatIsDamaged) {
  const std::string text(100'000, 'x');
  EXPECT_EQ(gunzip(gzip_of(text), text.size()).value(), text);
  EXPECT_TRUE(gunzip(gzip_of(text), text.size() - 1).error().too_large);
  EXPECT_FALSE(gunzip(gzip_of(text).substr(0, 50), text.size()).error().too_large);
}

TEST(Gunzip, RefusesWhatIsNoWholeGzip) {
  const std::string good = gzip_of("some text");
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto out = gunzip(good.substr(0, size), 100);
    ASSERT_FALSE(out) << size;
    EXPECT_FALSE(out.error().too_large) << size;
  }
  EXPECT_FALSE(gunzip(good + "x", 100).has_value());
  EXPECT_EQ(gunzip(good + good, 100).value(), "some textsome text");
}

TEST(GzipCompressor, ComesBackThroughZlibTwiceInARow) {
  GzipCompressor compressor;
  for (const std::string& text : {std::string(100'000, 'a'), std::string("short")}) {
    const std::string& packed = compressor.compress(text);
    z_stream stream{};
    ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    std::string back(text.size() + 1, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(back.data());
    stream.avail_out = static_cast<uInt>(back.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    back.resize(stream.total_out);
    inflateEnd(&stream);
    EXPECT_EQ(back, text);
  }
}

}  // namespace
}  // namespace tracetax
