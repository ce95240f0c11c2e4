// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/export/otlp_json.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace tracetax {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void append_text(const std::string& text, std::string& out) {
  // Characters beyond ASCII are not: whether they are UTF-8 has to be seen.
  const auto is_plain = [](unsigned char c) {
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
  };
  if (std::ranges::all_of(text, is_plain)) {
    fmt::format_to(std::back_inserter(out), "\"{}\"", text);
  } else {
    out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

void append_bytes(const FieldDescriptor* field, std::string_view bytes, std::string& out) {
  out += '"';
  if (field->name().ends_with("_id")) {
    for (const char c : bytes) {
      fmt::format_to(std::back_inserter(out), "{:02x}", static_cast<unsigned char>(c));
    }
  } else {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      std::uint32_t group = 0;
      for (std::size_t k = 0; k < 3; ++k) {
        group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
      }
      const std::size_t digits = std::min<std::size_t>(bytes.size() - i, 3) + 1;
      for (std::size_t k = 0; k < 4; ++k) {
        out += k < digits ? kDigits[group >> (18 - 6 * k) & 63] : '=';
      }
    }
  }
  out += '"';
}

void append_double(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "\"NaN\"";
  } else if (std::isinf(value)) {
    out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
}

/// A field that is set, or the element `index` of a repeated one.
class ValueWriter {
 public:
  ValueWriter(const Message& message, const FieldDescriptor* field, std::string& out)
      : message_(message), reflection_(*message.GetReflection()), field_(field), out_(out) {}

  void append(int index) {
    const bool one = index < 0;
    const auto number = [&](auto value, const char* form) {
      fmt::format_to(std::back_inserter(out_), fmt::runtime(form), value);
    };
    switch (field_->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        append_otlp_json(one ? reflection_.GetMessage(message_, field_)
                             : reflection_.GetRepeatedMessage(message_, field_, index),
                         out_);
        break;
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text =
            one ? reflection_.GetStringReference(message_, field_, &scratch)
                : reflection_.GetRepeatedStringReference(message_, field_, index, &scratch);
        if (field_->type() == FieldDescriptor::TYPE_BYTES) {
          append_bytes(field_, text, out_);
        } else {
          append_text(text, out_);
        }
        break;
      }
      // OTLP's trace messages repeat nothing of the types from here on.
      case FieldDescriptor::CPPTYPE_INT64:
        return number(reflection_.GetInt64(message_, field_), "\"{}\"");
      case FieldDescriptor::CPPTYPE_UINT64:
        return number(reflection_.GetUInt64(message_, field_), "\"{}\"");
      case FieldDescriptor::CPPTYPE_INT32:
        return number(reflection_.GetInt32(message_, field_), "{}");
      case FieldDescriptor::CPPTYPE_UINT32:
        return number(reflection_.GetUInt32(message_, field_), "{}");
      case FieldDescriptor::CPPTYPE_ENUM:
        return number(reflection_.GetEnumValue(message_, field_), "{}");
      case FieldDescriptor::CPPTYPE_BOOL:
        return number(reflection_.GetBool(message_, field_), "{}");
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return append_double(reflection_.GetDouble(message_, field_), out_);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return append_double(static_cast<double>(reflection_.GetFloat(message_, field_)), out_);
    }
  }

 private:
  const Message& message_;
  const Reflection& reflection_;
  const FieldDescriptor* field_;
  std::string& out_;
};

}  // namespace

void append_otlp_json(const Message& message, std::string& out) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  char before = '{';
  for (const FieldDescriptor* field : fields) {
    fmt::format_to(std::back_inserter(out), "{}\"{}\":", before, field->json_name());
    before = ',';
    ValueWriter value(message, field, out);
    if (!field->is_repeated()) {
      value.append(-1);
      continue;
    }
    const int size = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      out += i == 0 ? '[' : ',';
      value.append(i);
    }
    out += ']';
  }
  out += before == '{' ? "{}" : "}";
}

}  // namespace tracetax
