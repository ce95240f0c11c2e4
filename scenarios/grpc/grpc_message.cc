// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc_message.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "harness/core/json/json_fields.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "scenarios/grpc/grpc_scalar.h"
#include "scenarios/grpc/grpc_special.h"

namespace tracetax {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

// Looking for near names takes time; nobody mends more than this at once.
constexpr int kMostMistakes = 50;
constexpr std::string_view kAny = "google.protobuf.Any";

/// Where in the JSON: made on the way down for free, spelled out only in errors.
struct Place {
  const Place* parent = nullptr;
  std::string_view key;  // of an object, or else:
  std::size_t index = 0;
  int depth = 0;

  [[nodiscard]] Place member(std::string_view name) const { return {this, name, 0, depth + 1}; }
  [[nodiscard]] Place element(std::size_t at) const { return {this, {}, at, depth + 1}; }
  [[nodiscard]] std::string pointer() const {
    if (parent == nullptr) return "";
    return parent->pointer() + '/' +
           (key.data() == nullptr ? std::to_string(index) : pointer_step(key));
  }
};

/// A field and what the JSON says of it.
struct Given {
  const FieldDescriptor* field;
  const Json* value;
  std::string_view key;
};

const FieldDescriptor* find_field(const Descriptor& type, const std::string& key) {
  if (const FieldDescriptor* field = type.FindFieldByName(key)) return field;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == key) return type.field(i);
  }
  return nullptr;
}

/// In the spelling in which one is near to `key`; else as in the .proto file.
std::string unknown_field(const Descriptor& type, const std::string& key) {
  std::vector<std::string> names, json_names;
  for (int i = 0; i < type.field_count(); ++i) {
    names.push_back(type.field(i)->name());
    // Any text may be declared as a JSON name; a terminal is to see only harmless ones.
    const std::string& json_name = type.field(i)->json_name();
    if (printable(json_name, json_name.size()) == json_name) json_names.push_back(json_name);
  }
  const bool is_json = !nearest_name(key, names) && nearest_name(key, json_names);
  return fmt::format("{} (fields of {})", unknown_name("field", key, is_json ? json_names : names),
                     type.full_name());
}

bool is_message(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

/// Everywhere else null means that the field is not there.
bool takes_null(const FieldDescriptor& field) {
  if (is_message(field)) return field.message_type()->full_name() == "google.protobuf.Value";
  return field.type() == FieldDescriptor::TYPE_ENUM &&
         field.enum_type()->full_name() == "google.protobuf.NullValue";
}

class Encoder {
 public:
  explicit Encoder(const std::string& name) : mistakes_(name) {}

  /// The message's bytes; meaningless once there is a mistake.
  std::string message(const Json& value, const Descriptor& type, const Place& place);

  [[nodiscard]] bool failed() const { return found_ > 0; }
  [[nodiscard]] Error error() const { return mistakes_.error(); }

 private:
  void mistake(const Place& place, std::string_view what) {
    ++found_;
    mistakes_.add(place.pointer(), what);
  }
  [[nodiscard]] bool enough() const { return found_ >= kMostMistakes; }
  bool check(const Place& place, const Status& status) {
    if (!status) mistake(place, status.error().message);
    return status.has_value();
  }

  std::string plain_message(const Json& value, const Descriptor& type, const Place& place);
  std::string any(const Json& value, const Descriptor& type, const Place& place);
  std::vector<Given> fields_of(const Json& object, const Descriptor& type, const Place& place);
  void field(std::string& out, const Given& given, const Place& place);
  void map(std::string& out, const FieldDescriptor& field, const Json& value, const Place& place);
  void repeated(std::string& out, const FieldDescriptor& field, const Json& value,
                const Place& place);
  void element(std::string& out, const FieldDescriptor& field, const Json& value,
               const Place& place);
  std::string payload(const FieldDescriptor& field, const Json& value, const Place& place);

  Mistakes mistakes_;
  int found_ = 0;
};

std::string Encoder::message(const Json& value, const Descriptor& type, const Place& place) {
  if (enough()) return "";
  if (place.depth >= kDeepestMessage) {
    mistake(place, fmt::format("is nested deeper than {} levels", kDeepestMessage));
    return "";
  }
  if (type.full_name() == kAny) return any(value, type, place);
  if (const FieldDescriptor* wrapped = wrapped_field(type)) {
    std::string out;
    field(out, {wrapped, &value, {}}, place);
    return out;
  }
  if (is_special(type)) {
    std::string out;
    check(place, append_special(out, type, value, kDeepestMessage - place.depth));
    return out;
  }
  return plain_message(value, type, place);
}

std::string Encoder::plain_message(const Json& value, const Descriptor& type, const Place& place) {
  if (!value.is_object()) {
    mistake(place, fmt::format("expected an object ({}), found {}", type.full_name(),
                               describe_json(value)));
    return "";
  }
  auto given = fields_of(value, type, place);
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* wanted = type.field(i);
    if (!wanted->is_required() || enough()) continue;
    const bool is_there =
        std::ranges::any_of(given, [&](const Given& one) { return one.field == wanted; });
    if (!is_there)
      mistake(place,
              fmt::format("'{}' is missing; {} requires it", wanted->name(), type.full_name()));
  }
  std::ranges::sort(given, {}, [](const Given& one) { return one.field->number(); });
  std::string out;
  for (const Given& one : given) field(out, one, place.member(one.key));
  return out;
}

std::vector<Given> Encoder::fields_of(const Json& object, const Descriptor& type,
                                      const Place& place) {
  std::vector<Given> all;
  std::map<const FieldDescriptor*, std::string_view> keys;
  std::map<const OneofDescriptor*, std::string_view> chosen;
  for (const auto& [key, value] : object.items()) {
    if (enough()) break;
    const Place here = place.member(key);
    const FieldDescriptor* field = find_field(type, key);
    if (field == nullptr) {
      mistake(here, unknown_field(type, key));
      continue;
    }
    const auto [other, is_new] = keys.emplace(field, key);
    if (!is_new) {
      mistake(here, fmt::format("is the same field as '{}'; give one of them", other->second));
      continue;
    }
    if (value.is_null() && !takes_null(*field)) continue;
    if (const OneofDescriptor* oneof = field->real_containing_oneof()) {
      const auto [first, is_first] = chosen.emplace(oneof, key);
      if (!is_first) {
        mistake(here, fmt::format("'{}' is given already; of oneof '{}' only one field can be",
                                  first->second, oneof->name()));
        continue;
      }
    }
    all.push_back({field, &value, key});
  }
  return all;
}

void Encoder::field(std::string& out, const Given& given, const Place& place) {
  if (enough()) return;
  const FieldDescriptor& field = *given.field;
  if (field.is_map()) return map(out, field, *given.value, place);
  if (field.is_repeated()) return repeated(out, field, *given.value, place);
  if (field.has_presence()) return element(out, field, *given.value, place);
  const std::string bytes = payload(field, *given.value, place);
  // A default value is not sent; each of them is all zeros.
  if (bytes.find_first_not_of('\0') == bytes.npos) return;
  wire::append_tag(out, field.number(), wire_type_of(field));
  out += bytes;
}

void Encoder::map(std::string& out, const FieldDescriptor& field, const Json& value,
                  const Place& place) {
  if (!value.is_object()) {
    return mistake(place,
                   fmt::format("expected an object (a map), found {}", describe_json(value)));
  }
  const FieldDescriptor& key_field = *field.message_type()->map_key();
  const FieldDescriptor& value_field = *field.message_type()->map_value();
  for (const auto& [key, item] : value.items()) {
    if (enough()) return;
    const Place here = place.member(key);
    std::string entry, key_bytes;
    check(here, append_map_key(key_bytes, key_field, key));
    wire::append_tag(entry, key_field.number(), wire_type_of(key_field));
    entry += key_bytes;
    element(entry, value_field, item, here);
    wire::append_tag(out, field.number(), wire::Type::bytes);
    wire::append_bytes(out, entry);
  }
}

void Encoder::repeated(std::string& out, const FieldDescriptor& field, const Json& value,
                       const Place& place) {
  if (!value.is_array()) {
    const std::string_view type =
        is_message(field) ? std::string_view(field.message_type()->full_name()) : field.type_name();
    return mistake(place,
                   fmt::format("expected an array of {}, found {}", type, describe_json(value)));
  }
  std::string packed;
  for (std::size_t i = 0; i < value.size() && !enough(); ++i) {
    const Place here = place.element(i);
    if (field.is_packed()) {
      packed += payload(field, value[i], here);
    } else {
      element(out, field, value[i], here);
    }
  }
  if (packed.empty()) return;
  wire::append_tag(out, field.number(), wire::Type::bytes);
  wire::append_bytes(out, packed);
}

/// One value with its tag, default or not.
void Encoder::element(std::string& out, const FieldDescriptor& field, const Json& value,
                      const Place& place) {
  wire::append_tag(out, field.number(), wire_type_of(field));
  out += payload(field, value, place);
  if (field.type() == FieldDescriptor::TYPE_GROUP)
    wire::append_tag(out, field.number(), wire::Type::group_end);
}

std::string Encoder::payload(const FieldDescriptor& field, const Json& value, const Place& place) {
  std::string out;
  if (!is_message(field)) {
    check(place, append_scalar(out, field, value));
    return out;
  }
  const std::string bytes = message(value, *field.message_type(), place);
  if (field.type() == FieldDescriptor::TYPE_GROUP) return bytes;
  wire::append_bytes(out, bytes);
  return out;
}

/// {"@type": "type.googleapis.com/pkg.Message", ...fields}, or with a "value" if that type is
/// written as something else than its fields.
std::string Encoder::any(const Json& value, const Descriptor& type, const Place& place) {
  if (!value.is_object()) {
    mistake(place, fmt::format("expected an object with \"@type\" ({}), found {}", kAny,
                               describe_json(value)));
    return "";
  }
  if (value.empty()) return "";
  const auto url = value.find("@type");
  if (url == value.end() || !url->is_string()) {
    mistake(place, R"("@type" is missing; write "@type": "type.googleapis.com/pkg.Message")");
    return "";
  }
  const auto& url_text = url->get_ref<const std::string&>();
  const auto slash = url_text.rfind('/');
  const std::string name = slash == url_text.npos ? "" : url_text.substr(slash + 1);
  const Descriptor* inner =
      name.empty() ? nullptr : type.file()->pool()->FindMessageTypeByName(name);
  if (inner == nullptr) {
    mistake(place.member("@type"),
            fmt::format("{} is no type of the schema; right is \"type.googleapis.com/pkg.Message\"",
                        quote(url_text)));
    return "";
  }
  Json rest = value;
  rest.erase("@type");
  std::string bytes;
  if (inner->full_name() == kAny || wrapped_field(*inner) != nullptr || is_special(*inner)) {
    if (rest.size() != 1 || !rest.contains("value")) {
      mistake(place,
              fmt::format("an Any of {} holds \"@type\" and \"value\" and nothing else", name));
      return "";
    }
    bytes = message(rest["value"], *inner, place.member("value"));
  } else {
    bytes = message(rest, *inner, {place.parent, place.key, place.index, place.depth + 1});
  }
  std::string out;
  wire::append_tag(out, 1, wire::Type::bytes);
  wire::append_bytes(out, url_text);
  if (bytes.empty()) return out;
  wire::append_tag(out, 2, wire::Type::bytes);
  wire::append_bytes(out, bytes);
  return out;
}

}  // namespace

Result<std::string> encode_grpc_message(const Json& json, const Descriptor& type,
                                        const std::string& name) {
  Encoder encoder(name);
  std::string bytes = encoder.message(json, type, {});
  if (encoder.failed()) return failure(encoder.error());
  return bytes;
}

Result<std::vector<std::string>> encode_grpc_messages(const Json& json, const Descriptor& type,
                                                      const std::string& name) {
  Encoder encoder(name);
  const Place root;
  std::vector<std::string> all;
  if (!json.is_array()) all.push_back(encoder.message(json, type, root));
  for (std::size_t i = 0; json.is_array() && i < json.size(); ++i) {
    all.push_back(encoder.message(json[i], type, root.element(i)));
  }
  if (encoder.failed()) return failure(encoder.error());
  return all;
}

Result<std::string> grpc_message_to_json(std::string_view bytes, const Descriptor& type,
                                         std::size_t longest) {
  namespace pb = google::protobuf;
  constexpr const char* kPrefix = "type.googleapis.com";
  const std::unique_ptr<pb::util::TypeResolver> types(
      pb::util::NewTypeResolverForDescriptorPool(kPrefix, type.file()->pool()));
  pb::io::ArrayInputStream in(bytes.data(), static_cast<int>(bytes.size()));
  // One byte more than can be shown, to see that there is more. What does not fit is dropped by the
  // stream.
  std::string text(longest + 1, '\0');
  pb::io::ArrayOutputStream out(text.data(), static_cast<int>(text.size()));
  pb::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  const std::string url = fmt::format("{}/{}", kPrefix, type.full_name());
  const auto status = pb::util::BinaryToJsonStream(types.get(), url, &in, &out, options);
  std::string reason = status.ok() ? "" : printable(std::string(status.message()), 200);
  // The library shows what it can of bytes that end too early; any reader of messages refuses them.
  if (!pb::Empty().ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    reason = "a field is cut off";
  if (!reason.empty()) {
    return failure(ExitCode::fail,
                   fmt::format("{} bytes are no {}: {}", bytes.size(), type.full_name(), reason));
  }
  text.resize(static_cast<std::size_t>(out.ByteCount()));
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80)
    --end;  // inside a character
  return text.substr(0, end) + "...";
}

}  // namespace tracetax
