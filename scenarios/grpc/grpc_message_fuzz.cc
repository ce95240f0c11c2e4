// Any descriptor set with any JSON: an error or bytes, never a crash or a hang. An input is two
// bytes (how long the descriptor set is, little-endian), that set, then JSON; without a set the
// schema is that of testdata/kinds.proto, and what is accepted must read back as itself.
// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "harness/core/json/json_source.h"
#include "harness/core/text/checkout_testing.h"
#include "scenarios/grpc/grpc_message.h"
#include "scenarios/grpc/grpc_schema.h"

namespace {

using namespace tracetax;

constexpr std::size_t kMostMethods = 4;
constexpr std::size_t kShown = 1 << 16;

void check(bool fact, std::string_view what, const std::string& detail) {
  if (fact) return;
  std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(what.size()), what.data(), detail.c_str());
  std::abort();
}

const GrpcSchema& kinds() {
  static const auto schema =
      GrpcSchema::from_protos({source_folder() + "/scenarios/testdata/kinds.proto"}, {});
  check(schema.has_value(), "kinds.proto", schema ? "" : schema.error().message);
  return *schema;
}

/// Whether the way over JSON may lose something: its reader takes -0 for the whole number 0, and
/// the library's names in field masks do not all come back.
bool may_differ(std::string_view json) {
  if (json.find("\"mask\":") != json.npos || json.find("FieldMask") != json.npos) return true;
  for (auto at = json.find("-0"); at != json.npos; at = json.find("-0", at + 1)) {
    if (at + 2 < json.size() &&
        std::string_view(",]}").find(json[at + 2]) != std::string_view::npos)
      return true;
  }
  return false;
}

void check_known(const std::string& bytes, const google::protobuf::Descriptor& type) {
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> message(factory.GetPrototype(&type)->New());
  check(message->ParseFromString(bytes), "does not parse", bytes);
  const auto json = grpc_message_to_json(bytes, type, kShown);
  // The library shows nothing of JSON nested deeper than it would read.
  if (!json || json->ends_with("...")) return;
  const auto source = JsonSource::parse(*json, "again");
  if (!source) return;  // its 65th level
  const auto again = encode_grpc_message(source->root(), type, "again");
  check(again.has_value(), "is not read back", *json + "\n" + (again ? "" : again.error().message));
  check(again->size() == bytes.size() || may_differ(*json), "differs when read back", *json);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t set_size = std::min<std::size_t>(
      static_cast<std::size_t>(data[0]) | static_cast<std::size_t>(data[1]) << 8, rest.size());
  const std::string_view set = rest.substr(0, set_size);
  rest.remove_prefix(set_size);

  const auto schema = set.empty() ? kinds() : GrpcSchema::from_descriptor_set(set, "fuzz.pb");
  const auto json = JsonSource::parse(rest, "fuzz.json");
  if (!schema) check(!schema.error().message.empty(), "an error without words", "");
  if (!schema || !json) return 0;
  const auto methods = schema->methods();
  for (std::size_t i = 0; i < std::min(methods.size(), kMostMethods); ++i) {
    check(schema->find_method(methods[i].path).has_value(), "a method is not found",
          methods[i].path);
    const auto messages = encode_grpc_messages(json->root(), *methods[i].input, "fuzz");
    if (!messages) check(!messages.error().message.empty(), "an error without words", "");
    for (std::size_t k = 0; messages && k < messages->size(); ++k) {
      if (set.empty()) check_known((*messages)[k], *methods[i].input);
      (void)grpc_message_to_json((*messages)[k], *methods[i].input, kShown);
    }
  }
  if (!set.empty()) {
    for (const auto& method : methods) (void)grpc_message_to_json(rest, *method.output, kShown);
  }
  return 0;
}
