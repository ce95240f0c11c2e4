// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc_special.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <bit>

#include "harness/core/json/json_fields.h"
#include "harness/wire/protobuf_wire.h"

namespace tracetax {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::string_view kPackage = "google.protobuf.";
constexpr std::array<std::string_view, 9> kWrappers = {"DoubleValue", "FloatValue",  "Int64Value",
                                                       "UInt64Value", "Int32Value",  "UInt32Value",
                                                       "BoolValue",   "StringValue", "BytesValue"};

// The library's own classes are filled and not the user's, which may have any shape under these
// names.

/// A message that is one text in JSON. `right` is an example.
template <typename Message>
Status append_from_text(std::string& out, const Json& value, std::string_view right) {
  Message message;
  const bool good =
      value.is_string() && google::protobuf::util::JsonStringToMessage(value.dump(), &message).ok();
  if (!good) {
    return failure(ExitCode::usage,
                   fmt::format("expected a {} such as \"{}\", found {}",
                               Message::descriptor()->name(), right, describe_json(value)));
  }
  message.AppendToString(&out);
  return {};
}

// google/protobuf/struct.proto by its field numbers, written here so that members keep their order:
// Struct { map<string, Value> fields = 1; } ListValue { repeated Value values = 1; } Value { oneof
// { null_value = 1; number_value = 2; string_value = 3; bool_value = 4; struct_value = 5;
// list_value = 6; } }
Status append_value(std::string& out, const Json& value, int levels);

Status append_list(std::string& out, const Json& value, int levels) {
  for (const Json& item : value) {
    std::string bytes;
    if (const Status done = append_value(bytes, item, levels); !done) return done;
    wire::append_tag(out, 1, wire::Type::bytes);
    wire::append_bytes(out, bytes);
  }
  return {};
}

Status append_struct(std::string& out, const Json& value, int levels) {
  for (const auto& [key, item] : value.items()) {
    std::string bytes, entry;
    if (const Status done = append_value(bytes, item, levels); !done) return done;
    wire::append_tag(entry, 1, wire::Type::bytes);
    wire::append_bytes(entry, key);
    wire::append_tag(entry, 2, wire::Type::bytes);
    wire::append_bytes(entry, bytes);
    wire::append_tag(out, 1, wire::Type::bytes);
    wire::append_bytes(out, entry);
  }
  return {};
}

Status append_value(std::string& out, const Json& value, int levels) {
  if (levels <= 0) return failure(ExitCode::usage, "is nested too deep");
  if (value.is_structured()) {
    std::string bytes;
    const Status done = value.is_object() ? append_struct(bytes, value, levels - 1)
                                          : append_list(bytes, value, levels - 1);
    if (!done) return done;
    wire::append_tag(out, value.is_object() ? 5 : 6, wire::Type::bytes);
    wire::append_bytes(out, bytes);
  } else if (value.is_string()) {
    wire::append_tag(out, 3, wire::Type::bytes);
    wire::append_bytes(out, value.get_ref<const std::string&>());
  } else if (value.is_number()) {
    wire::append_tag(out, 2, wire::Type::fixed64);
    wire::append_fixed(out, std::bit_cast<std::uint64_t>(value.get<double>()), 8);
  } else if (value.is_boolean()) {
    wire::append_tag(out, 4, wire::Type::varint);
    wire::append_varint(out, value.get<bool>() ? 1 : 0);
  } else {
    wire::append_tag(out, 1, wire::Type::varint);
    wire::append_varint(out, 0);
  }
  return {};
}

Status expected_special(std::string_view right, const Json& found) {
  return failure(ExitCode::usage,
                 fmt::format("expected {}, found {}", right, describe_json(found)));
}

struct Special {
  std::string_view name;
  Status (*append)(std::string& out, const Json& value, int levels);
};

constexpr std::array<Special, 6> kSpecial = {{
    {"Timestamp",
     [](std::string& out, const Json& value, int) {
       return append_from_text<google::protobuf::Timestamp>(out, value, "2024-05-01T12:00:00Z");
     }},
    {"Duration",
     [](std::string& out, const Json& value, int) {
       return append_from_text<google::protobuf::Duration>(out, value, "1.5s");
     }},
    {"FieldMask",
     [](std::string& out, const Json& value, int) {
       return append_from_text<google::protobuf::FieldMask>(out, value, "user.displayName,photo");
     }},
    {"Struct",
     [](std::string& out, const Json& value, int levels) {
       return value.is_object() ? append_struct(out, value, levels)
                                : expected_special("an object", value);
     }},
    {"ListValue",
     [](std::string& out, const Json& value, int levels) {
       return value.is_array() ? append_list(out, value, levels)
                               : expected_special("an array", value);
     }},
    {"Value", append_value},
}};

/// "Timestamp" of google.protobuf.Timestamp; empty for types of other packages.
std::string_view special_name(const Descriptor& type) {
  const std::string_view name = type.full_name();
  return name.starts_with(kPackage) ? name.substr(kPackage.size()) : std::string_view{};
}

}  // namespace

bool is_special(const Descriptor& type) {
  return std::ranges::find(kSpecial, special_name(type), &Special::name) != kSpecial.end();
}

Status append_special(std::string& out, const Descriptor& type, const Json& value, int levels) {
  return std::ranges::find(kSpecial, special_name(type), &Special::name)
      ->append(out, value, levels);
}

const FieldDescriptor* wrapped_field(const Descriptor& type) {
  if (std::ranges::find(kWrappers, special_name(type)) == kWrappers.end()) return nullptr;
  const FieldDescriptor* field = type.FindFieldByNumber(1);
  const bool is_scalar = field != nullptr && !field->is_repeated() &&
                         field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE;
  return is_scalar ? field : nullptr;
}

}  // namespace tracetax
