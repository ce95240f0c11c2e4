// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/context/baggage.h"

#include <algorithm>
#include <utility>

#include "harness/core/text/url_parts.h"
#include "targets/tracing/context/utf8.h"

namespace tracetax {
namespace {

constexpr std::string_view kOptionalSpace = " \t";

std::string_view trim_space(std::string_view text) {
  const auto first = text.find_first_not_of(kOptionalSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kOptionalSpace) - first + 1);
}

/// The part before `separator`; `text` becomes what is behind it.
std::string_view cut(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  const std::string_view part = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return part;
}

/// A token of HTTP.
bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_octet(char c) {
  return c > ' ' && c <= '~' && c != '"' && c != ',' && c != ';' && c != '\\';
}

/// What is no UTF-8 when it is decoded becomes U+FFFD.
std::optional<std::string> read_value(std::string_view text) {
  std::string decoded;
  if (!std::ranges::all_of(text, is_octet) || !decode_percent(text, decoded)) return std::nullopt;
  std::string value;
  for (std::string_view rest = decoded; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    value.append(length == 0 ? kReplacement : rest.substr(0, length));
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return value;
}

std::optional<BaggageProperty> read_property(std::string_view text) {
  const bool has_value = text.find('=') != std::string_view::npos;
  const std::string_view key = trim_space(cut(text, '='));
  if (!is_name(key)) return std::nullopt;
  BaggageProperty property{std::string(key), std::nullopt};
  if (!has_value) return property;
  property.value = read_value(trim_space(text));
  return property.value ? std::optional(std::move(property)) : std::nullopt;
}

std::optional<BaggageMember> read_member(std::string_view text) {
  std::string_view pair = cut(text, ';');
  BaggageMember member;
  while (!text.empty()) {
    const std::string_view part = cut(text, ';');
    if (part.empty()) continue;
    auto property = read_property(part);
    if (!property) return std::nullopt;
    member.properties.push_back(std::move(*property));
  }
  if (pair.find('=') == std::string_view::npos) return std::nullopt;
  const std::string_view key = trim_space(cut(pair, '='));
  auto value = read_value(trim_space(pair));
  if (!is_name(key) || !value) return std::nullopt;
  member.key = key;
  member.value = std::move(*value);
  return member;
}

void append_value(std::string_view value, std::string& out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : value) {
    if (is_octet(c) && c != '%') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 0xf];
  }
}

void append_member(const BaggageMember& member, std::string& out) {
  if (!out.empty()) out += ',';
  append_value(member.value, out.append(member.key).append(1, '='));
  for (const BaggageProperty& property : member.properties) {
    out.append(1, ';').append(property.key);
    if (property.value) append_value(*property.value, out.append(1, '='));
  }
}

std::size_t size_of(const BaggageMember& member) {
  std::string text;
  append_member(member, text);
  return text.size();
}

}  // namespace

void parse_baggage(std::string_view header, Baggage& out) {
  if (header.size() > kBaggageBytes) return;
  std::size_t bytes = format_baggage(out).size();
  while (!header.empty() && out.size() < kBaggageMembers) {
    auto member = read_member(cut(header, ','));
    if (!member) continue;
    const auto same = std::ranges::find(out, member->key, &BaggageMember::key);
    const std::size_t before = same != out.end() ? size_of(*same) : 0;
    const std::size_t comma = same == out.end() && !out.empty() ? 1 : 0;
    bytes = bytes - before + comma + size_of(*member);
    if (bytes > kBaggageBytes) return;
    if (same != out.end()) {
      *same = std::move(*member);
    } else {
      out.push_back(std::move(*member));
    }
  }
}

std::string format_baggage(const Baggage& baggage) {
  std::string text;
  for (const BaggageMember& member : baggage) append_member(member, text);
  return text;
}

}  // namespace tracetax
