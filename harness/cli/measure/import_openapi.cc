// An OpenAPI 3 description: one request for each operation, with the values that it gives itself.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "harness/cli/measure/import_parts.h"

namespace tracetax {
namespace {

using Json = JsonSource::Json;

constexpr int kDeepestSchema = 8;
constexpr std::array kMethods{"get", "put", "post", "delete", "options", "head", "patch"};

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string as_text(const Json& value) {
  return as_plain_text(value.is_string() ? value.get<std::string>() : value.dump());
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                       std::string_view{"-._~"}.find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

class OpenApi {
 public:
  explicit OpenApi(const Json& root) : root_(root) {}

  Result<ImportedRequests> read() {
    const std::string base = base_path();
    for (const auto& [path, item] : part(root_, "paths").items()) {
      const Json& here = resolved(item);
      for (const char* method : kMethods) {
        if (here.is_object() && here.contains(method))
          add_operation(base + path, here, method, here.at(method));
      }
    }
    return std::move(imported_);
  }

 private:
  [[nodiscard]] static const Json& part(const Json& object, const char* key) {
    static const Json kNone = Json::object();
    if (!object.is_object()) return kNone;
    const auto found = object.find(key);
    return found == object.end() ? kNone : *found;
  }

  /// What "$ref" points to, in this document.
  [[nodiscard]] const Json& resolved(const Json& value) const {
    static const Json kNone = Json::object();
    const Json* at = &value;
    for (int i = 0; i < kDeepestSchema && at->is_object() && at->contains("$ref"); ++i) {
      const std::string reference = text_of(*at, "$ref");
      if (!reference.starts_with("#/")) return kNone;
      try {
        at = &root_.at(Json::json_pointer(reference.substr(1)));
      } catch (const Json::exception&) {
        return kNone;
      }
    }
    return *at;
  }

  /// The path of the first server, whose variables have defaults.
  std::string base_path() {
    const Json& servers = part(root_, "servers");
    if (!servers.is_array() || servers.empty()) return "";
    std::string url = text_of(servers.front(), "url");
    for (const auto& [name, variable] : part(servers.front(), "variables").items()) {
      const std::string hole = "{" + name + "}";
      if (const auto at = url.find(hole); at != std::string::npos)
        url.replace(at, hole.size(), text_of(variable, "default"));
    }
    ImportedRequest request;
    static_cast<void>(set_url(imported_, request, as_plain_text(url)));
    while (request.path.ends_with('/')) request.path.pop_back();
    return request.path;
  }

  /// "example", the first of "examples", and the same of the schema, its default or first choice.
  [[nodiscard]] const Json* given_value(const Json& holder) const {
    if (holder.contains("example")) return &holder.at("example");
    const Json& examples = part(holder, "examples");
    if (examples.is_object() && !examples.empty()) {
      const Json& first = resolved(examples.front());
      if (first.is_object() && first.contains("value")) return &first.at("value");
    }
    const Json& schema = resolved(part(holder, "schema"));
    if (!schema.is_object()) return nullptr;
    for (const char* key : {"example", "default", "const"})
      if (schema.contains(key)) return &schema.at(key);
    for (const char* key : {"examples", "enum"}) {
      if (schema.contains(key) && schema.at(key).is_array() && !schema.at(key).empty())
        return &schema.at(key).front();
    }
    return nullptr;
  }

  void add_operation(const std::string& path, const Json& item, const char* method,
                     const Json& operation) {
    ImportedRequest request;
    request.method = method;
    std::ranges::transform(request.method, request.method.begin(),
                           [](unsigned char c) { return std::toupper(c); });
    request.path = as_plain_text(path);
    place_ = fmt::format("{} {}", request.method, path);
    std::vector<const Json*> parameters;
    for (const Json* holder : {&operation, &item}) {  // the operation's own go first
      for (const Json& written : part(*holder, "parameters"))
        parameters.push_back(&resolved(written));
    }
    std::vector<std::string> seen;
    for (const Json* parameter : parameters) {
      const std::string id = text_of(*parameter, "in") + ":" + text_of(*parameter, "name");
      if (std::ranges::find(seen, id) != seen.end()) continue;
      seen.push_back(id);
      add_parameter(request, *parameter);
    }
    add_body(request, resolved(part(operation, "requestBody")));
    add_security(request, operation);
    expect(request, part(operation, "responses"));
    add_request(imported_, std::move(request));
  }

  void add_parameter(ImportedRequest& request, const Json& parameter) {
    const std::string name = text_of(parameter, "name"), in = text_of(parameter, "in");
    const Json* given = given_value(parameter);
    const bool required = in == "path" || part(parameter, "required") == Json(true);
    if (!required && (given == nullptr || !parameter.contains("example"))) return;
    const std::string value =
        given != nullptr ? as_text(*given)
                         : to_be_given(imported_, name, fmt::format("{} of {}", name, place_));
    const std::string in_url = given != nullptr ? encoded(value) : value;
    if (in == "path") {
      const std::string hole = "{" + name + "}";
      if (const auto at = request.path.find(hole); at != std::string::npos)
        request.path.replace(at, hole.size(), in_url);
    } else if (in == "query") {
      request.path += request.path.find('?') == std::string::npos ? '?' : '&';
      request.path += encoded(name) + "=" + in_url;
    } else if (in == "header") {
      add_header(imported_, request, name, value);
    }  // cookies belong to a session: "cookies": true keeps what answers set
  }

  void add_body(ImportedRequest& request, const Json& body) {
    const Json& content = part(body, "content");
    if (!content.is_object() || content.empty()) return;
    auto chosen = content.begin();
    for (auto at = content.begin(); at != content.end(); ++at) {
      if (at.key().find("json") == std::string::npos) continue;
      chosen = at;
      break;
    }
    const std::string type = chosen.key();
    const bool is_json = type.find("json") != std::string::npos;
    const Json& media = *chosen;
    const Json* given = given_value(media);
    if (given == nullptr && !is_json) {
      imported_.notes.push_back(fmt::format("{}: has no example of its {} body", place_, type));
      return;
    }
    if (given == nullptr)
      imported_.notes.push_back(
          fmt::format("{}: its body is made up, for it has no example", place_));
    const Json value = given != nullptr ? *given : made_up(part(media, "schema"), 0);
    if (is_json) {
      request.body = Json::parse(as_plain_text(value.dump()));
      if (type != "application/json") add_header(imported_, request, "Content-Type", type);
    } else {
      request.body = as_text(value);
      add_header(imported_, request, "Content-Type", type);
    }
  }

  /// A value that the schema allows, of what must be there.
  [[nodiscard]] Json made_up(const Json& written, int depth) const {
    if (depth > kDeepestSchema) return nullptr;
    const Json& schema = resolved(written);
    const Json holder = {{"schema", schema}};
    if (const Json* given = given_value(holder)) return *given;
    for (const char* key : {"oneOf", "anyOf"}) {
      const Json& choices = part(schema, key);
      if (choices.is_array() && !choices.empty()) return made_up(choices.front(), depth + 1);
    }
    const std::string type = text_of(schema, "type");
    if (type == "string") return "text";
    if (type == "integer" || type == "number")
      return part(schema, "minimum").is_number() ? part(schema, "minimum") : Json(1);
    if (type == "boolean") return true;
    if (type == "array") return Json::array({made_up(part(schema, "items"), depth + 1)});
    Json object = Json::object();
    for (const Json& base : part(schema, "allOf")) {
      if (const Json made = made_up(base, depth + 1); made.is_object()) object.update(made);
    }
    const Json& required = part(schema, "required");
    for (const auto& [name, property] : part(schema, "properties").items()) {
      const bool is_required =
          required.is_array() && std::ranges::find(required, Json(name)) != required.end();
      if (is_required || given_value({{"schema", resolved(property)}}) != nullptr)
        object[name] = made_up(property, depth + 1);
    }
    return object;
  }

  void add_security(ImportedRequest& request, const Json& operation) {
    const Json& rules =
        operation.contains("security") ? operation.at("security") : part(root_, "security");
    if (!rules.is_array() || rules.empty() || !rules.front().is_object()) return;
    for (const auto& [name, scopes] : rules.front().items()) {
      const Json& scheme =
          resolved(part(part(part(root_, "components"), "securitySchemes"), name.c_str()));
      const std::string type = text_of(scheme, "type"), in = text_of(scheme, "in");
      const std::string field = text_of(scheme, "name");
      if (type == "http" && text_of(scheme, "scheme") == "basic") {
        request.user = to_be_given(imported_, "USER", "NAME:PASSWORD of basic authentication");
      } else if (type == "http" || type == "oauth2" || type == "openIdConnect") {
        request.headers.emplace_back(
            "Authorization",
            "Bearer " + to_be_given(imported_, "TOKEN", fmt::format("the token of {}", name)));
      } else if (type == "apiKey" && in == "header") {
        request.headers.emplace_back(field, to_be_given(imported_, field, "an API key"));
      } else if (type == "apiKey" && in == "query") {
        request.path += request.path.find('?') == std::string::npos ? '?' : '&';
        request.path += encoded(field) + "=" + to_be_given(imported_, field, "an API key");
      }
    }
  }

  static void expect(ImportedRequest& request, const Json& responses) {
    request.status_low = 200;
    request.status_high = 299;
    int low = 0;
    for (const auto& [code, response] : responses.items()) {
      int status = 0;
      const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), status);
      const bool right = error == std::errc{} && *end == '\0' && status >= 200 && status < 400;
      if (right && (low == 0 || status < low)) low = status;
    }
    if (low != 0) request.status_low = request.status_high = low;
  }

  const Json& root_;
  ImportedRequests imported_;
  std::string place_;  // for notes
};

}  // namespace

Result<ImportedRequests> import_openapi(const Json& root) { return OpenApi(root).read(); }

}  // namespace tracetax
