// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc_scalar.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "harness/core/json/json_fields.h"
#include "harness/core/text/base64.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"

namespace tracetax {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

/// A whole number between -2^63 and 2^64 - 1.
struct Whole {
  bool negative = false;
  std::uint64_t magnitude = 0;
};

tl::unexpected<Error> expected(std::string_view right, const Json& found) {
  return failure(ExitCode::usage,
                 fmt::format("expected {}, found {}", right, describe_json(found)));
}

std::optional<Whole> whole_of(double number) {
  constexpr double kTooLarge = 18446744073709551616.0;  // 2^64
  if (!(std::fabs(number) < kTooLarge) || std::trunc(number) != number) return std::nullopt;
  return Whole{number < 0, static_cast<std::uint64_t>(std::fabs(number))};
}

/// Plain decimals, each number in one spelling only: no plus, no leading zeros, no "-0".
std::optional<Whole> whole_of(std::string_view text) {
  Whole whole;
  whole.negative = text.starts_with('-');
  if (whole.negative) text.remove_prefix(1);
  const bool zero_first = text.starts_with('0') && (text.size() > 1 || whole.negative);
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), whole.magnitude);
  if (zero_first || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return whole;
}

std::optional<Whole> whole_of(const Json& value) {
  if (value.is_number_unsigned()) return Whole{false, value.get<std::uint64_t>()};
  if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    const auto bits = static_cast<std::uint64_t>(number);
    return number < 0 ? Whole{true, 0 - bits} : Whole{false, bits};
  }
  if (value.is_number_float()) return whole_of(value.get<double>());
  if (value.is_string()) return whole_of(std::string_view(value.get_ref<const std::string&>()));
  return std::nullopt;
}

/// Digits, perhaps too many: worth the message about the range.
bool looks_whole(const Json& value) {
  if (value.is_number_float()) return std::trunc(value.get<double>()) == value.get<double>();
  if (!value.is_string()) return false;
  std::string_view text = value.get_ref<const std::string&>();
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text[0] != '0' &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The number in two's complement.
template <typename Int>
Result<std::uint64_t> integer(std::string_view type, const Json& value) {
  constexpr auto kLow = std::numeric_limits<Int>::min();
  constexpr auto kHigh = std::numeric_limits<Int>::max();
  const auto whole = whole_of(value);
  if (!whole && !looks_whole(value)) return expected(type, value);
  // The lowest number's magnitude is one more than the highest's; an unsigned type has no
  // negatives.
  const std::uint64_t most_below = kLow == 0 ? 0 : static_cast<std::uint64_t>(kHigh) + 1;
  if (!whole ||
      whole->magnitude > (whole->negative ? most_below : static_cast<std::uint64_t>(kHigh))) {
    const std::string found =
        value.is_string() ? printable(value.get_ref<const std::string&>(), 60) : value.dump();
    return failure(ExitCode::usage,
                   fmt::format("{} is out of range of {}, {} to {}", found, type, kLow, kHigh));
  }
  return whole->negative ? 0 - whole->magnitude : whole->magnitude;
}

Result<double> number(std::string_view type, const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return expected(type, value);
  const std::string_view text = value.get_ref<const std::string&>();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  double parsed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(parsed)) {
    return expected(fmt::format("{} (or \"NaN\", \"Infinity\", \"-Infinity\")", type), value);
  }
  return parsed;
}

Result<float> short_number(const Json& value) {
  const auto wide = number("float", value);
  if (!wide) return failure(wide.error());
  // What rounds to the largest float still is one: half a step above it is the limit.
  constexpr double kLimit = 3.4028235677973366e38;
  if (std::isfinite(*wide) && std::fabs(*wide) >= kLimit) {
    return failure(
        ExitCode::usage,
        fmt::format("{} is out of range of float, -3.4028235e38 to 3.4028235e38", *wide));
  }
  return static_cast<float>(*wide);
}

Result<std::uint64_t> enum_number(const EnumDescriptor& type, const Json& value) {
  if (value.is_null() && type.full_name() == "google.protobuf.NullValue") return 0;
  const std::string right = "a value of enum " + type.full_name();
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  if (value.is_string()) {
    const auto& name = value.get_ref<const std::string&>();
    const EnumValueDescriptor* found = type.FindValueByName(name);
    if (found != nullptr) return static_cast<std::uint64_t>(std::int64_t{found->number()});
    return failure(ExitCode::usage, unknown_name("value of enum " + type.full_name(), name, names));
  }
  if (!value.is_number()) return expected(right, value);
  const auto given = integer<std::int32_t>("enum " + type.full_name(), value);
  if (!given) return given;
  const bool closed = type.file()->syntax() == FileDescriptor::SYNTAX_PROTO2;
  if (closed && type.FindValueByNumber(static_cast<int>(*given)) == nullptr) {
    return failure(ExitCode::usage,
                   unknown_name("value of enum " + type.full_name(), value.dump(), names));
  }
  return given;
}

/// Both alphabets, padded or not.
Result<std::string> bytes_of(const Json& value) {
  if (!value.is_string()) return expected("bytes as base64", value);
  std::string text = value.get<std::string>();
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  if (text.size() % 4 >= 2 && !text.ends_with('=')) text.append(4 - text.size() % 4, '=');
  const auto bytes = from_base64(text);
  if (!bytes) return expected("bytes as base64", value);
  return std::string(bytes->begin(), bytes->end());
}

enum class Form { varint, zigzag, fixed };

template <typename Int>
Status append_integer(std::string& out, std::string_view type, const Json& value, Form form) {
  const auto number = integer<Int>(type, value);
  if (!number) return failure(number.error());
  switch (form) {
    case Form::varint:
      wire::append_varint(out, *number);
      break;
    case Form::zigzag:
      wire::append_varint(out, wire::zigzag(static_cast<std::int64_t>(*number)));
      break;
    case Form::fixed:
      wire::append_fixed(out, *number, sizeof(Int));
      break;
  }
  return {};
}

Status append_text(std::string& out, const Json& value) {
  if (!value.is_string()) return expected("string", value);
  wire::append_bytes(out, value.get_ref<const std::string&>());
  return {};
}

}  // namespace

wire::Type wire_type_of(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED64:
      return wire::Type::fixed64;
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_SFIXED32:
      return wire::Type::fixed32;
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_MESSAGE:
      return wire::Type::bytes;
    case FieldDescriptor::TYPE_GROUP:
      return wire::Type::group_start;
    default:
      return wire::Type::varint;
  }
}

Status append_scalar(std::string& out, const FieldDescriptor& field, const Json& value) {
  const std::string_view type = field.type_name();
  switch (field.type()) {
    case FieldDescriptor::TYPE_INT32:
      return append_integer<std::int32_t>(out, type, value, Form::varint);
    case FieldDescriptor::TYPE_SINT32:
      return append_integer<std::int32_t>(out, type, value, Form::zigzag);
    case FieldDescriptor::TYPE_SFIXED32:
      return append_integer<std::int32_t>(out, type, value, Form::fixed);
    case FieldDescriptor::TYPE_UINT32:
      return append_integer<std::uint32_t>(out, type, value, Form::varint);
    case FieldDescriptor::TYPE_FIXED32:
      return append_integer<std::uint32_t>(out, type, value, Form::fixed);
    case FieldDescriptor::TYPE_INT64:
      return append_integer<std::int64_t>(out, type, value, Form::varint);
    case FieldDescriptor::TYPE_SINT64:
      return append_integer<std::int64_t>(out, type, value, Form::zigzag);
    case FieldDescriptor::TYPE_SFIXED64:
      return append_integer<std::int64_t>(out, type, value, Form::fixed);
    case FieldDescriptor::TYPE_UINT64:
      return append_integer<std::uint64_t>(out, type, value, Form::varint);
    case FieldDescriptor::TYPE_FIXED64:
      return append_integer<std::uint64_t>(out, type, value, Form::fixed);
    case FieldDescriptor::TYPE_DOUBLE:
      return number(type, value).map([&](double n) {
        wire::append_fixed(out, std::bit_cast<std::uint64_t>(n), 8);
      });
    case FieldDescriptor::TYPE_FLOAT:
      return short_number(value).map(
          [&](float n) { wire::append_fixed(out, std::bit_cast<std::uint32_t>(n), 4); });
    case FieldDescriptor::TYPE_BOOL:
      if (!value.is_boolean()) return expected("bool", value);
      wire::append_varint(out, value.get<bool>() ? 1 : 0);
      return {};
    case FieldDescriptor::TYPE_ENUM:
      return enum_number(*field.enum_type(), value).map([&](std::uint64_t n) {
        wire::append_varint(out, n);
      });
    case FieldDescriptor::TYPE_STRING:
      return append_text(out, value);
    case FieldDescriptor::TYPE_BYTES:
      return bytes_of(value).map([&](const std::string& bytes) { wire::append_bytes(out, bytes); });
    case FieldDescriptor::TYPE_MESSAGE:
    case FieldDescriptor::TYPE_GROUP:
      break;
  }
  return failure(ExitCode::internal, fmt::format("{} is no scalar", field.full_name()));
}

Status append_map_key(std::string& out, const FieldDescriptor& field, const std::string& key) {
  if (field.type() != FieldDescriptor::TYPE_BOOL) return append_scalar(out, field, Json(key));
  if (key != "true" && key != "false")
    return expected("\"true\" or \"false\" as the key", Json(key));
  wire::append_varint(out, key == "true" ? 1 : 0);
  return {};
}

}  // namespace tracetax
