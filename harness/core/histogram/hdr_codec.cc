// HdrHistogram's V2 form: a 40-byte big-endian header, then one zig-zag LEB128 number per bucket,
// in which a negative number stands for a run of empty buckets; the compressed form is that inside
// zlib behind an 8-byte header. Reads with limits only: the input may come from anywhere.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/histogram/hdr_codec.h"

#include <zlib.h>

#include <array>
#include <bit>
#include <optional>

#include "harness/core/gzip/gzip.h"
#include "harness/core/text/base64.h"

namespace tracetax {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint32_t kCookie = 0x1c849303;
constexpr std::uint32_t kCompressedCookie = 0x1c849304;
constexpr std::uint32_t kWordSizeBits = 0xf0;  // of a cookie; says nothing that V2 needs
constexpr std::uint32_t kWordSize = 0x10;      // what HdrHistogram writes there
constexpr std::size_t kHeaderSize = 40;
constexpr std::size_t kCompressedHeaderSize = 8;
constexpr std::size_t kLongestNumber = 9;

/// The counters of a 1 ns - 1 h histogram of 5 digits.
constexpr std::size_t kMaxCounters = std::size_t{26} << 17;
/// Far above any measurement, and every double up to here is a whole number.
constexpr std::int64_t kMaxTotal = std::int64_t{1} << 53;

tl::unexpected<Error> refuse(std::string what) {
  return failure(ExitCode::usage, "HdrHistogram data: " + std::move(what));
}

// --- numbers ---

template <typename T>
void put(std::vector<std::uint8_t>& out, T value) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

std::uint64_t get(Bytes bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[at + i];
  return value;
}
std::uint32_t get32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(get(bytes, at, 4));
}

void put_number(std::vector<std::uint8_t>& out, std::int64_t value) {
  // Zig-zag: the sign goes into the lowest bit, so small negative numbers stay short.
  std::uint64_t rest =
      static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  for (std::size_t i = 1; i < kLongestNumber && rest >= 0x80; ++i) {
    out.push_back(static_cast<std::uint8_t>(rest | 0x80));
    rest >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(rest));  // the ninth byte has eight bits of its own
}

/// Takes a number off the front of `in`; nothing if it ends early.
std::optional<std::int64_t> take_number(Bytes& in) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kLongestNumber; ++i) {
    if (i == in.size()) return std::nullopt;
    const bool last = i + 1 == kLongestNumber;
    const std::uint64_t bits = last ? in[i] : in[i] & 0x7fU;
    value |= bits << (7 * i);
    if (last || (in[i] & 0x80) == 0) {
      in = in.subspan(i + 1);
      break;
    }
  }
  return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

// --- the plain form ---

std::vector<std::uint8_t> encode_payload(const Histogram& histogram) {
  std::vector<std::uint8_t> payload;
  // As HdrHistogram does: up to the greatest value's bucket; one empty bucket if there is none. A
  // single empty one is written as the count 0, several as their negative number.
  std::size_t next = 0;
  histogram.for_each_filled([&](std::size_t i, std::int64_t count) {
    const auto gap = static_cast<std::int64_t>(i - next);
    if (gap > 0) put_number(payload, gap > 1 ? -gap : 0);
    put_number(payload, count);
    next = i + 1;
    return true;
  });
  if (next == 0) put_number(payload, 0);
  return payload;
}

std::vector<std::uint8_t> encode_plain(const Histogram& histogram) {
  const std::vector<std::uint8_t> payload = encode_payload(histogram);
  const HistogramRange& range = histogram.range();
  std::vector<std::uint8_t> out;
  out.reserve(kHeaderSize + payload.size());
  put(out, kCookie | kWordSize);
  put(out, static_cast<std::uint32_t>(payload.size()));
  put(out, std::uint32_t{0});  // normalising index offset
  put(out, static_cast<std::uint32_t>(range.digits));
  put(out, static_cast<std::uint64_t>(range.lowest));
  put(out, static_cast<std::uint64_t>(range.highest));
  put(out, std::bit_cast<std::uint64_t>(1.0));  // integer to double conversion ratio
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

/// What others wrote, by the cookies of HdrHistogram's sources; empty: none of those.
std::string_view known_cookie(std::uint32_t cookie) {
  switch (cookie & ~kWordSizeBits) {
    case 0x1c849308:
    case 0x1c849309:
      return "a histogram of version 0";
    case 0x1c849301:
    case 0x1c849302:
      return "a histogram of version 1";
    case 0x0c72124e & ~kWordSizeBits:
    case 0x0c72124f & ~kWordSizeBits:
      return "a histogram of doubles";
    default:
      return "";
  }
}

struct Header {
  HistogramRange range;
  std::size_t payload_size;
};

/// Checks everything that decides about memory before any is taken.
Result<Header> decode_header(Bytes bytes) {
  if (bytes.size() < kHeaderSize) {
    return refuse(fmt::format("{} bytes, a V2 header has {}", bytes.size(), kHeaderSize));
  }
  const std::uint32_t cookie = get32(bytes, 0);
  if ((cookie & ~kWordSizeBits) != kCookie) {
    return refuse(fmt::format("cookie {:#010x} is not that of a V2 histogram ({:#010x})", cookie,
                              kCookie | kWordSize));
  }
  if (get32(bytes, 8) != 0)
    return refuse("shifted histograms (normalizing offset) are not supported");
  if (get(bytes, 32, 8) != std::bit_cast<std::uint64_t>(1.0)) {
    return refuse("histograms of scaled doubles (conversion ratio not 1) are not supported");
  }
  const HistogramRange range{.lowest = static_cast<std::int64_t>(get(bytes, 16, 8)),
                             .highest = static_cast<std::int64_t>(get(bytes, 24, 8)),
                             .digits = static_cast<int>(get32(bytes, 12))};
  const auto counters = Histogram::counters(range);
  if (!counters) return tl::unexpected{counters.error().within("HdrHistogram data")};
  if (*counters > kMaxCounters) {
    return refuse(
        fmt::format("range {} to {} with {} digits needs {} counters, at most {} are read",
                    range.lowest, range.highest, range.digits, *counters, kMaxCounters));
  }
  const std::size_t payload_size = get32(bytes, 4);
  if (payload_size > *counters * kLongestNumber) {
    return refuse(fmt::format("payload of {} bytes is longer than {} counters can be", payload_size,
                              *counters));
  }
  return Header{range, payload_size};
}

Result<Histogram> decode_payload(const HistogramRange& range, Bytes payload) {
  Histogram histogram{range};
  const std::size_t limit = histogram.size();
  std::vector<std::int64_t> counts;
  counts.reserve(limit);
  std::int64_t total = 0;
  while (!payload.empty()) {
    const auto number = take_number(payload);
    if (!number) return refuse("the last count is cut off");
    const bool run = *number < 0;
    // Compared as unsigned so that the most negative number is a run that is too long.
    const std::uint64_t buckets = run ? ~static_cast<std::uint64_t>(*number) + 1 : 1;
    if (buckets > limit - counts.size()) {
      return refuse(fmt::format("counts run past the end (bucket {} of {})", counts.size(), limit));
    }
    if (!run && *number > kMaxTotal - total) return refuse("more than 2^53 values");
    if (!run) total += *number;
    counts.resize(counts.size() + buckets, run ? 0 : *number);
  }
  histogram.assign_counts(counts);
  return histogram;
}

Result<Histogram> decode_plain(Bytes bytes) {
  const auto header = decode_header(bytes);
  if (!header) return tl::unexpected{header.error()};
  const Bytes payload = bytes.subspan(kHeaderSize);
  if (payload.size() != header->payload_size) {
    return refuse(fmt::format("{} bytes of counts, the header says {}", payload.size(),
                              header->payload_size));
  }
  return decode_payload(header->range, payload);
}

}  // namespace

std::vector<std::uint8_t> encode_compressed(const Histogram& histogram) {
  const std::vector<std::uint8_t> plain = encode_plain(histogram);
  uLongf size = compressBound(static_cast<uLong>(plain.size()));
  std::vector<std::uint8_t> deflated(size);
  // Cannot fail: the buffer has the bound's size. Short of memory everything else has failed
  // before.
  compress(deflated.data(), &size, plain.data(), static_cast<uLong>(plain.size()));
  std::vector<std::uint8_t> out;
  out.reserve(kCompressedHeaderSize + size);
  put(out, kCompressedCookie | kWordSize);
  put(out, static_cast<std::uint32_t>(size));
  out.insert(out.end(), deflated.begin(), deflated.begin() + static_cast<std::ptrdiff_t>(size));
  return out;
}

std::string encode_base64(const Histogram& histogram) {
  return to_base64(encode_compressed(histogram));
}

Result<Histogram> decode_compressed(Bytes bytes) {
  if (bytes.size() < kCompressedHeaderSize) {
    return refuse(fmt::format("{} bytes are too few for a histogram", bytes.size()));
  }
  const std::uint32_t cookie = get32(bytes, 0);
  if ((cookie & ~kWordSizeBits) == kCookie) return decode_plain(bytes);
  if ((cookie & ~kWordSizeBits) != kCompressedCookie) {
    if (const std::string_view known = known_cookie(cookie); !known.empty())
      return refuse(fmt::format(
          "{} (cookie {:#010x}); V2 of whole numbers is read, as HdrHistogram writes it today",
          known, cookie));
    return refuse(
        fmt::format("cookie {:#010x} is neither V2 ({:#010x}) nor V2 compressed ({:#010x})", cookie,
                    kCookie | kWordSize, kCompressedCookie | kWordSize));
  }
  const std::size_t size = get32(bytes, 4);
  if (size != bytes.size() - kCompressedHeaderSize) {
    return refuse(fmt::format("{} compressed bytes, the header says {}",
                              bytes.size() - kCompressedHeaderSize, size));
  }
  Inflater inflater(std::as_bytes(bytes.subspan(kCompressedHeaderSize)), PackedFormat::zlib);
  std::array<std::uint8_t, kHeaderSize> head{};
  if (inflater.read(std::as_writable_bytes(std::span{head})) != head.size())
    return refuse("bad or truncated zlib data");
  const auto header = decode_header(head);
  if (!header) return tl::unexpected{header.error()};
  std::vector<std::uint8_t> payload(header->payload_size);
  if (inflater.read(std::as_writable_bytes(std::span{payload})) != payload.size() ||
      !inflater.at_end()) {
    return refuse("bad or truncated zlib data, or not as long as its header says");
  }
  return decode_payload(header->range, payload);
}

Result<Histogram> decode_base64(std::string_view text) {
  const auto bytes = from_base64(text);
  if (!bytes) return refuse("not base64 (RFC 4648, padded)");
  return decode_compressed(*bytes);
}

}  // namespace tracetax
