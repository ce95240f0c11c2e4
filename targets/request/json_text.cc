// SPDX-License-Identifier: Apache-2.0
#include "targets/request/json_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <system_error>

#include "targets/tracing/context/utf8.h"

namespace tracetax {
namespace {

constexpr int kDepthLimit = 64;

// Bytes that need more than being copied: controls, quote, backslash, what HTML minds, and
// non-ASCII.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7f; ++c) plain[c] = true;
  for (const char c : {'"', '\\', '<', '>', '&'}) plain[static_cast<unsigned char>(c)] = false;
  plain[0x7f] = true;
  return plain;
}();

bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }
bool is_html(char c) { return c == '<' || c == '>' || c == '&'; }

void append_utf8(std::uint32_t point, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
    put(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  }
}

/// Appends what stands for the front of `text` and returns how many bytes that was.
std::size_t append_special(std::string_view text, JsonEscapes escapes, std::string& out) {
  const char c = text.front();
  const auto byte = static_cast<unsigned char>(c);
  if (is_html(c) && escapes != JsonEscapes::html) {
    out += c;
    return 1;
  }
  if (byte < 0x80) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    }
    return 1;
  }
  const std::size_t length = utf8_length(text);
  if (length == 0) {
    out += "\\ufffd";
    return 1;
  }
  const std::string_view sequence = text.substr(0, length);
  // Line separators are valid JSON, but not valid in the JavaScript that such JSON is pasted into.
  if (escapes != JsonEscapes::none && (sequence == "\u2028" || sequence == "\u2029")) {
    out += sequence == "\u2028" ? "\\u2028" : "\\u2029";
  } else {
    out += sequence;
  }
  return length;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void append_json_string(std::string_view text, std::string& out, JsonEscapes escapes) {
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t plain = at;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out.append(text, at, plain - at);
    at = plain;
    if (at < text.size()) at += append_special(text.substr(at), escapes, out);
  }
  out += '"';
}

bool JsonReader::fail(std::string_view what) {
  if (problem_.empty()) problem_ = fmt::format("JSON at byte {}: {}", at_, what);
  return false;
}

void JsonReader::skip_space() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
    ++at_;
  }
}

bool JsonReader::take(char c) {
  skip_space();
  if (at_ >= text_.size() || text_[at_] != c) return false;
  ++at_;
  return true;
}

bool JsonReader::next_is(char c) {
  skip_space();
  return at_ < text_.size() && text_[at_] == c;
}

bool JsonReader::expect(char c) { return take(c) || fail(fmt::format("expected '{}'", c)); }

bool JsonReader::take_null() {
  skip_space();
  if (!text_.substr(at_).starts_with("null")) return false;
  at_ += 4;
  return true;
}

bool JsonReader::at_end() {
  skip_space();
  return at_ == text_.size();
}

bool JsonReader::read_hex4(std::uint32_t& out) {
  const std::string_view digits = text_.substr(at_, 4);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out, 16);
  if (digits.size() != 4 || error != std::errc{} || end != digits.data() + 4) {
    return fail("\\u needs four hex digits");
  }
  at_ += 4;
  return true;
}

bool JsonReader::read_escape(std::string& out) {
  if (at_ >= text_.size()) return fail("the string is not closed");
  const char c = text_[at_++];
  switch (c) {
    case '"':
    case '\\':
    case '/':
      out += c;
      return true;
    case 'b':
      out += '\b';
      return true;
    case 'f':
      out += '\f';
      return true;
    case 'n':
      out += '\n';
      return true;
    case 'r':
      out += '\r';
      return true;
    case 't':
      out += '\t';
      return true;
    case 'u':
      break;
    default:
      return fail("unknown escape");
  }
  std::uint32_t point = 0;
  if (!read_hex4(point)) return false;
  if (point >= 0xd800 && point < 0xdc00 && text_.substr(at_).starts_with("\\u")) {
    const std::size_t before = at_;
    std::uint32_t low = 0;
    at_ += 2;
    if (!read_hex4(low)) return false;
    if (low >= 0xdc00 && low < 0xe000) {
      append_utf8(0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00), out);
      return true;
    }
    at_ = before;  // the second one stands for itself
  }
  if (point >= 0xd800 && point < 0xe000) {
    out += kReplacement;
  } else {
    append_utf8(point, out);
  }
  return true;
}

bool JsonReader::read_string(std::string& out) {
  out.clear();
  if (!take('"')) return fail("expected a string");
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '"') {
      ++at_;
      return true;
    }
    if (c == '\\') {
      ++at_;
      if (!read_escape(out)) return false;
      continue;
    }
    if (static_cast<unsigned char>(c) < 0x20) return fail("control character inside a string");
    const std::size_t length = utf8_length(text_.substr(at_));
    out += length == 0 ? kReplacement : text_.substr(at_, length);
    at_ += length == 0 ? 1 : length;
  }
  return fail("the string is not closed");
}

bool JsonReader::scan_number(std::string_view& out) {
  skip_space();
  const std::size_t start = at_;
  const auto digits = [&] {
    const std::size_t first = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > first;
  };
  const auto accept = [&](std::string_view any) {
    if (at_ >= text_.size() || any.find(text_[at_]) == std::string_view::npos) return false;
    ++at_;
    return true;
  };
  static_cast<void>(accept("-"));
  if (!accept("0") && !digits()) return fail("expected a value");
  if (accept(".") && !digits()) return fail("expected digits after the point");
  if (accept("eE")) {
    static_cast<void>(accept("+-"));
    if (!digits()) return fail("expected digits in the exponent");
  }
  out = text_.substr(start, at_ - start);
  return true;
}

bool JsonReader::read_int(std::int64_t& out) {
  std::string_view number;
  if (!scan_number(number)) return false;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), out);
  if (error != std::errc{} || end != number.data() + number.size()) {
    return fail(fmt::format("{} is not a whole number of 64 bits", number));
  }
  return true;
}

bool JsonReader::skip_members(char close, int depth) {
  if (take(close)) return true;
  std::string key;
  do {
    if (close == '}' && !(read_string(key) && expect(':'))) return false;
    if (!skip_value(depth + 1)) return false;
  } while (take(','));
  return expect(close);
}

bool JsonReader::skip_value(int depth) {
  if (depth > kDepthLimit) return fail("nested too deeply");
  if (take('{')) return skip_members('}', depth);
  if (take('[')) return skip_members(']', depth);
  skip_space();
  const std::string_view rest = text_.substr(at_);
  for (const std::string_view word : {"null", "true", "false"}) {
    if (rest.starts_with(word)) {
      at_ += word.size();
      return true;
    }
  }
  if (rest.starts_with('"')) {
    std::string ignored;
    return read_string(ignored);
  }
  std::string_view ignored;
  return scan_number(ignored);
}

}  // namespace tracetax
