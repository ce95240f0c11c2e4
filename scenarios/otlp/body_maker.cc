// SPDX-License-Identifier: Apache-2.0
#include "scenarios/otlp/body_maker.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace tracetax {
namespace {

constexpr std::size_t kWords = 64;
constexpr std::int64_t kTraceAge = 20'000'000;    // ns from the start of a trace until it is sent
constexpr std::int64_t kRootLength = 10'000'000;  // ns
constexpr std::int64_t kLateBy = 60'000'000'000;  // ns
constexpr std::uint64_t kStartMask = (1 << 20) - 1;      // ns, 1 ms, after the root
constexpr std::uint64_t kLengthMask = (1 << 22) - 1;     // ns, 4 ms
constexpr std::uint64_t kSpanStep = 0x9e3779b97f4a7c15;  // odd: no two spans of a trace are alike
constexpr std::size_t kDigitsOfTime = 19;
constexpr std::string_view kEmptyJson = R"({"resourceSpans":[]})";

using Word = std::array<char, kValueSize>;

// Paths, as alike as the values of attributes often are.
constexpr std::array<Word, kWords> make_words() {
  std::array<Word, kWords> words{};
  constexpr std::string_view kPath = "/api/v1/item/";
  for (std::size_t i = 0; i < kWords; ++i) {
    for (std::size_t c = 0; c < kPath.size(); ++c) words[i][c] = kPath[c];
    words[i][13] = '1';
    words[i][14] = static_cast<char>('0' + i / 8);
    words[i][15] = static_cast<char>('0' + i % 8);
  }
  return words;
}
constexpr auto kWord = make_words();

// Digits, letters and what stands between and around them in ASCII: five bits in each of eight
// characters, none of which JSON would have to escape.
constexpr std::uint64_t kFiveBits = 0x1f1f1f1f1f1f1f1f, kFirstSign = 0x3030303030303030;

/// SplitMix64.
struct Draws {
  std::uint64_t state;
  std::uint64_t next() noexcept {
    std::uint64_t x = state += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }
};

std::uint64_t bound_of(double share) {
  return static_cast<std::uint64_t>(std::llround(std::ldexp(share, 32)));
}
bool hits(std::uint64_t draw, std::uint64_t bound) noexcept { return (draw >> 32) < bound; }

std::uint64_t big_endian(std::uint64_t value) noexcept {
  return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}
std::uint64_t little_endian(std::uint64_t value) noexcept {
  return std::endian::native == std::endian::little ? value : __builtin_bswap64(value);
}

void put_hex(const std::uint8_t* bytes, std::size_t size, char* out) noexcept {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t i = 0; i < size; ++i) {
    *out++ = kDigits[bytes[i] >> 4];
    *out++ = kDigits[bytes[i] & 15];
  }
}

}  // namespace

struct BodyMaker::Trace {
  TraceContext context;       // its root's
  std::uint64_t root_id = 0;  // the same as a number
  std::int64_t start_ns = 0;
  mutable Draws draws{0};
};

BodyMaker::BodyMaker(std::shared_ptr<const BodyForm> form, Packing packing)
    : form_(std::move(form)),
      random_bound_(bound_of(form_->shape.random)),
      error_bound_(bound_of(form_->shape.errors)),
      late_bound_(bound_of(form_->shape.late)),
      packer_(packing) {}

std::size_t BodyMaker::make(const BodyRequest& request, BodyBuffer& out) {
  if (request.without_spans) {
    const std::string_view empty = form_->is_json ? kEmptyJson : "";
    packer_.append(empty, out);
    return empty.size();
  }
  if (packer_.packing() == Packing::none) {
    write(request, out.extend(form_->size));
  } else {
    plain_.clear();
    write(request, plain_.extend(form_->size));
    packer_.append(plain_.view(), out);
  }
  return form_->size;
}

void BodyMaker::write(const BodyRequest& request, char* out) const {
  const SpanShape& shape = form_->shape;
  const int traces = traces_of(shape);
  const auto put = [&out](std::string_view bytes) {
    std::memcpy(out, bytes.data(), bytes.size());
    out += bytes.size();
  };
  put(form_->head);
  int t = 0, left = 0;  // of the trace
  std::uint64_t next_id = 0;
  Trace trace;
  for (const ServiceForm& service : form_->services) {
    put(service.head);
    for (int i = 0; i < service.spans; ++i) {
      const bool is_root = left == 0;
      if (is_root) {
        const auto number = request.number * static_cast<std::uint64_t>(traces);
        trace.context = request.ids.at(number + static_cast<std::uint64_t>(t));
        std::memcpy(&trace.root_id, trace.context.span_id.bytes.data(), sizeof trace.root_id);
        trace.root_id = next_id = big_endian(trace.root_id);
        trace.draws = {trace.root_id};
        trace.start_ns = request.unix_ns - kTraceAge;
        if (hits(trace.draws.next(), late_bound_)) trace.start_ns -= kLateBy;
        left = carried_spans(shape.spans, traces, t++);
      }
      const SpanForm& form = is_root ? form_->root : form_->child;
      if (next_id == 0) next_id = kSpanStep;  // no span may be called so
      write_span(form, trace, next_id, out);
      if (form_->is_json && i == 0) *out = ' ';
      out += form.bytes.size();
      next_id += kSpanStep;
      --left;
    }
    put(service.foot);
  }
  put(form_->foot);
}

void BodyMaker::write_span(const SpanForm& form, const Trace& trace, std::uint64_t span_id,
                           char* out) const noexcept {
  std::memcpy(out, form.bytes.data(), form.bytes.size());
  const auto& id = trace.context.trace_id.bytes;
  if (form_->is_json) {
    put_hex(id.data(), id.size(), out + form.trace_id);
  } else {
    std::memcpy(out + form.trace_id, id.data(), id.size());
  }
  put_span_id(span_id, out + form.span_id);
  Draws& draws = trace.draws;
  std::int64_t start_ns = trace.start_ns, end_ns = start_ns + kRootLength;
  const std::uint64_t draw = draws.next();
  if (form.parent_id) {
    put_span_id(trace.root_id, out + *form.parent_id);
    start_ns += static_cast<std::int64_t>(draw & kStartMask);
    end_ns = start_ns + 1 + static_cast<std::int64_t>((draw >> 20) & kLengthMask);
  }
  put_time(start_ns, out + form.start);
  put_time(end_ns, out + form.end);
  if (hits(draw, error_bound_)) out[form.status] = form_->is_json ? '2' : '\2';
  for (const std::uint32_t at : form.event_times) put_time(start_ns, out + at);
  for (const std::uint32_t at : form.values) {
    const std::uint64_t value = draws.next();
    if (!hits(value, random_bound_)) {
      std::memcpy(out + at, kWord[value % kWords].data(), kValueSize);
      continue;
    }
    const std::array<std::uint64_t, 2> signs{(value & kFiveBits) + kFirstSign,
                                             (draws.next() & kFiveBits) + kFirstSign};
    static_assert(sizeof signs == kValueSize);
    std::memcpy(out + at, signs.data(), sizeof signs);
  }
}

void BodyMaker::put_time(std::int64_t unix_ns, char* out) const noexcept {
  auto value = static_cast<std::uint64_t>(unix_ns);
  if (!form_->is_json) {
    value = little_endian(value);
    std::memcpy(out, &value, sizeof value);
    return;
  }
  for (std::size_t i = kDigitsOfTime; i-- > 0; value /= 10)
    out[i] = static_cast<char>('0' + value % 10);
}

void BodyMaker::put_span_id(std::uint64_t id, char* out) const noexcept {
  const std::uint64_t bytes = big_endian(id);
  if (form_->is_json) {
    put_hex(reinterpret_cast<const std::uint8_t*>(&bytes), sizeof bytes, out);
  } else {
    std::memcpy(out, &bytes, sizeof bytes);
  }
}

}  // namespace tracetax
