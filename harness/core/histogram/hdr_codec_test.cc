// SPDX-License-Identifier: Apache-2.0
#include "harness/core/histogram/hdr_codec.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <optional>

#include "harness/core/text/base64.h"

namespace tracetax {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// A plain V2 histogram built by hand: 1 to 3.6e12, 3 digits, unless told otherwise.
struct Plain {
  std::uint32_t cookie = 0x1c849313;
  std::optional<std::uint32_t> payload_size = std::nullopt;
  std::uint32_t offset = 0;
  std::uint32_t digits = 3;
  std::uint64_t lowest = 1;
  std::uint64_t highest = 3'600'000'000'000;
  std::uint64_t ratio = 0x3ff0000000000000;  // 1.0
  Bytes payload = {};

  [[nodiscard]] Bytes bytes() const {
    Bytes out;
    const auto put = [&](std::uint64_t value, int size) {
      for (int shift = size * 8 - 8; shift >= 0; shift -= 8) {
        out.push_back(static_cast<std::uint8_t>(value >> shift));
      }
    };
    put(cookie, 4);
    put(payload_size.value_or(static_cast<std::uint32_t>(payload.size())), 4);
    put(offset, 4);
    put(digits, 4);
    put(lowest, 8);
    put(highest, 8);
    put(ratio, 8);
    out.insert(out.end(), payload.begin(), payload.end());
    return out;
  }
};

Bytes zipped(const Bytes& plain) {
  uLongf size = compressBound(plain.size());
  Bytes out(8 + size);
  compress(out.data() + 8, &size, plain.data(), plain.size());
  out.resize(8 + size);
  const Bytes head = {0x1c,
                      0x84,
                      0x93,
                      0x14,
                      0,
                      0,
                      static_cast<std::uint8_t>(size >> 8),
                      static_cast<std::uint8_t>(size)};
  std::copy(head.begin(), head.end(), out.begin());
  return out;
}

/// The plain bytes inside of a compressed histogram.
Bytes unzipped(const Bytes& bytes) {
  Bytes out(1 << 20);
  uLongf size = out.size();
  EXPECT_EQ(uncompress(out.data(), &size, bytes.data() + 8, bytes.size() - 8), Z_OK);
  out.resize(size);
  return out;
}

std::string error_of(const Bytes& bytes) {
  const auto result = decode_compressed(bytes);
  return result ? "no error" : result.error().message;
}
std::string error_of(const Plain& plain) { return error_of(plain.bytes()); }

testing::AssertionResult mentions(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << text << "' does not mention '" << part << "'";
}

TEST(HdrCodec, DecodesWhatItEncodes) {
  Histogram histogram;
  for (std::int64_t value = 1; value < 4'000'000'000'000; value = value * 5 / 4 + 1) {
    histogram.record(value, value % 977 + 1);
  }
  EXPECT_EQ(*decode_compressed(encode_compressed(histogram)), histogram);
  EXPECT_EQ(*decode_base64(encode_base64(histogram)), histogram);
}

TEST(HdrCodec, KeepsOtherShapesAndEmptyOnes) {
  for (const HistogramRange range : {HistogramRange{}, HistogramRange{1000, 60'000'000'000, 2},
                                     HistogramRange{1, INT64_MAX, 4}, HistogramRange{1, 2, 1}}) {
    Histogram histogram{range};
    EXPECT_EQ(*decode_compressed(encode_compressed(histogram)), histogram);
    histogram.record(range.highest, 1'000'000'007);
    EXPECT_EQ(*decode_compressed(encode_compressed(histogram)), histogram);
  }
}

TEST(HdrCodec, TheEmptyHistogramIsTheHeaderAndOneEmptyBucket) {
  EXPECT_EQ(unzipped(encode_compressed(Histogram{})), (Plain{.payload = {0}}.bytes()));
}

TEST(HdrCodec, RunsOfEmptyBucketsAreOneNegativeNumber) {
  Histogram histogram;
  histogram.record(0, 1);
  histogram.record(2, 2);    // a single empty bucket before it: 0
  histogram.record(70, 64);  // 67 empty buckets: -67; 64: two bytes
  const Bytes payload = {0x02, 0x00, 0x04, 0x85, 0x01, 0x80, 0x01};
  EXPECT_EQ(unzipped(encode_compressed(histogram)), (Plain{.payload = payload}.bytes()));
  EXPECT_EQ(*decode_compressed(Plain{.payload = payload}.bytes()), histogram);
}

TEST(HdrCodec, ReadsThePlainFormAndAnyWordSize) {
  const auto result = decode_compressed(Plain{.cookie = 0x1c849303, .payload = {0, 0x0e}}.bytes());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->count(), 7);
  EXPECT_EQ(result->max(), 1);
}

TEST(HdrCodec, CountsAtTheEdgesOfEveryLengthSurvive) {
  for (int bits = 6; bits <= 53; ++bits) {
    for (const std::int64_t delta : {-1, 0, 1}) {
      const std::int64_t count = (std::int64_t{1} << bits) + delta;
      if (count > std::int64_t{1} << 53) continue;
      Histogram histogram;
      histogram.record(9, count);
      const auto back = decode_compressed(encode_compressed(histogram));
      ASSERT_TRUE(back) << count;
      EXPECT_EQ(back->count(), count);
      EXPECT_EQ(back->max(), 9);
    }
  }
}

TEST(HdrCodec, TheNinthByteOfANumberHasEightBits) {
  // All ones in nine bytes is zig-zag for the most negative number.
  const Bytes lowest(9, 0xff);
  EXPECT_TRUE(mentions(error_of(Plain{.payload = lowest}), "past the end"));
  // 2^62 as zig-zag is 2^63: only the top bit, in the ninth byte, after which the number is over.
  const Bytes huge = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
  EXPECT_TRUE(mentions(error_of(Plain{.payload = huge}), "2^53"));
  // A value may be spelled longer than needed: 1 in nine bytes.
  const Bytes padded = {0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00};
  EXPECT_EQ(decode_compressed(Plain{.payload = padded}.bytes())->count(), 1);
}

TEST(HdrCodec, RefusesEveryTruncation) {
  Histogram histogram;
  histogram.record(5, 1000);
  histogram.record(50'000, 3);
  const Bytes whole = encode_compressed(histogram);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto end = whole.begin() + static_cast<std::ptrdiff_t>(size);
    EXPECT_FALSE(decode_compressed(Bytes(whole.begin(), end))) << size;
  }
  const Bytes plain = unzipped(whole);
  for (std::size_t size = 0; size < plain.size(); ++size) {
    const auto end = plain.begin() + static_cast<std::ptrdiff_t>(size);
    EXPECT_FALSE(decode_compressed(Bytes(plain.begin(), end))) << size;
  }
}

TEST(HdrCodec, RefusesForeignCookies) {
  EXPECT_TRUE(mentions(error_of(Plain{.cookie = 0x1c849301}), "0x1c849301"));  // V1
  EXPECT_TRUE(mentions(error_of(Plain{.cookie = 0x0c72124e}), "cookie"));      // doubles
  EXPECT_TRUE(mentions(error_of(zipped(Plain{.cookie = 0x1c849301}.bytes())), "0x1c849301"));
  // A compressed one inside a compressed one.
  EXPECT_FALSE(decode_compressed(zipped(encode_compressed(Histogram{}))));
}

TEST(HdrCodec, RefusesShiftedAndScaledHistograms) {
  EXPECT_TRUE(mentions(error_of(Plain{.offset = 3}), "shifted"));
  EXPECT_TRUE(mentions(error_of(Plain{.ratio = 0x4000000000000000}), "doubles"));
}

TEST(HdrCodec, RefusesRangesThatCannotBeOrAreTooLarge) {
  EXPECT_TRUE(mentions(error_of(Plain{.digits = 0}), "digits"));
  EXPECT_TRUE(mentions(error_of(Plain{.digits = 0xffffffff}), "digits"));
  EXPECT_TRUE(mentions(error_of(Plain{.lowest = 0}), "lowest"));
  EXPECT_TRUE(mentions(error_of(Plain{.highest = 1}), "highest"));
  EXPECT_TRUE(mentions(error_of(Plain{.highest = ~std::uint64_t{0}}), "highest"));
  EXPECT_TRUE(decode_compressed(Plain{.digits = 5}.bytes()));
  EXPECT_TRUE(mentions(error_of(Plain{.digits = 5, .highest = INT64_MAX}), "counters"));
}

TEST(HdrCodec, RefusesPayloadSizesThatLie) {
  EXPECT_TRUE(mentions(error_of(Plain{.payload_size = 1}), "header says 1"));
  EXPECT_TRUE(mentions(error_of(Plain{.payload_size = 1, .payload = {2, 2}}), "header says 1"));
  EXPECT_TRUE(mentions(error_of(Plain{.payload_size = 0xffffffff}), "longer"));
  EXPECT_FALSE(decode_compressed(zipped(Plain{.payload_size = 1, .payload = {2, 2}}.bytes())));
  EXPECT_FALSE(decode_compressed(zipped(Plain{.payload_size = 3, .payload = {2, 2}}.bytes())));
}

TEST(HdrCodec, RefusesCountsPastTheEnd) {
  // zig-zag of -33792 is 67583: the run that fills the histogram exactly.
  EXPECT_TRUE(decode_compressed(Plain{.payload = {0xff, 0x8f, 0x04}}.bytes()));
  EXPECT_TRUE(mentions(error_of(Plain{.payload = {0x81, 0x90, 0x04}}), "past the end"));
  EXPECT_TRUE(mentions(error_of(Plain{.payload = {0xff, 0x8f, 0x04, 0x02}}), "past the end"));
}

TEST(HdrCodec, ANegativeCountIsARunAndNeverACount) {
  const auto result = decode_compressed(Plain{.payload = {0x01, 0x03, 0x02}}.bytes());  // -1 -2 1
  ASSERT_TRUE(result);
  EXPECT_EQ(result->count(), 1);
  EXPECT_EQ(result->max(), 3);
}

TEST(HdrCodec, RefusesACountThatIsCutOff) {
  EXPECT_TRUE(mentions(error_of(Plain{.payload = {0x02, 0x80}}), "cut off"));
}

TEST(HdrCodec, RefusesMoreValuesThanCanBeAddedUp) {
  // 2^53 is zig-zag 2^54: bit 5 of the eighth byte.
  Bytes payload = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20};
  EXPECT_TRUE(decode_compressed(Plain{.payload = payload}.bytes()));
  payload.push_back(0x02);
  EXPECT_TRUE(mentions(error_of(Plain{.payload = payload}), "2^53"));
}

TEST(HdrCodec, RefusesBadZlibData) {
  const Bytes good = encode_compressed(Histogram{});
  for (std::size_t at = 8; at < good.size(); ++at) {
    Bytes bad = good;
    bad[at] ^= 0x55;
    EXPECT_FALSE(decode_compressed(bad)) << at;
  }
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_TRUE(mentions(error_of(longer), "header says"));
  ++longer[7];
  EXPECT_TRUE(mentions(error_of(longer), "zlib"));
}

TEST(HdrCodec, RefusesTextThatIsNotBase64) {
  const std::string good = encode_base64(Histogram{});
  EXPECT_FALSE(decode_base64(good.substr(1)));
  EXPECT_FALSE(decode_base64(good + "\n"));
  EXPECT_FALSE(decode_base64(""));
  EXPECT_TRUE(good.starts_with("HISTFAAA"));  // as every V2 compressed histogram does
}

TEST(Base64, MatchesTheExamplesOfTheStandard) {
  const std::vector<std::pair<std::string, std::string>> examples = {{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : examples) {
    const Bytes bytes(plain.begin(), plain.end());
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Base64, RefusesWhatIsNotTheOneSpelling) {
  for (const std::string_view text : {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=",
                                      "Zg==Zg==", "Zm 9", "Zm9v\n", "Zm-_", "Z=m9"}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

}  // namespace
}  // namespace tracetax
