// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

#include "harness/core/json/json_fields.h"
#include "harness/core/json/json_source.h"
#include "harness/core/text/base64.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/text_file.h"
#include "harness/load/session/error_tally.h"
#include "scenarios/grpc/grpc_message.h"
#include "scenarios/grpc/grpc_reflection.h"
#include "scenarios/http/tls_options.h"

namespace tracetax {
namespace {

constexpr std::size_t kDescriptorsMax = 64 << 20;
constexpr std::size_t kMostMessages = 100'000;
constexpr std::size_t kCallBytesMax = 256 << 20;
constexpr int kStatusCodes = 17;  // 0 to 16
constexpr Nanos kReflectionTimeout{std::chrono::seconds{10}};

// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md: what the client itself sends.
constexpr std::array<std::string_view, 5> kOwnNames = {"te", "content-type", "content-length",
                                                       "connection", "host"};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/// Why this pair cannot be sent; empty if it can.
std::string metadata_problem(const std::string& name, const std::string& value) {
  if (name.empty() || !std::ranges::all_of(name, is_name_character))
    return "a name has only letters, digits and - _ .";
  if (name.starts_with("grpc-")) return "names that begin with grpc- belong to gRPC itself";
  if (std::ranges::find(kOwnNames, name) != kOwnNames.end() || carries_context(name))
    return "it is set by the driver";
  if (name.ends_with("-bin"))
    return from_base64(value) ? "" : "a name that ends with -bin takes base64";
  const bool printable_ascii =
      std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
  return printable_ascii
             ? ""
             : "a value is printable ASCII (other bytes: a name that ends with -bin, and base64)";
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

/// A path or an array of them, from `folder`.
std::vector<std::string> read_paths(JsonFields& fields, std::string_view key,
                                    const std::string& folder) {
  const Json* value = fields.any(key);
  std::vector<std::string> paths;
  if (value == nullptr) return paths;
  if (value->is_array()) {
    paths = fields.texts(key).value_or(std::vector<std::string>{});
  } else if (auto path = fields.text(key)) {
    paths = {std::move(*path)};
  }
  for (std::string& path : paths) path = (std::filesystem::path(folder) / path).string();
  return paths;
}

void read_schema(JsonFields& fields, const std::string& folder, GrpcOptions& options) {
  options.protos = read_paths(fields, "proto", folder);
  options.import_paths = read_paths(fields, "import_paths", folder);
  if (const auto path = fields.text("descriptor_set")) {
    options.descriptor_set = (std::filesystem::path(folder) / *path).string();
  }
  const auto reflection = fields.boolean("reflection");
  const int sources = (fields.has("proto") ? 1 : 0) + (fields.has("descriptor_set") ? 1 : 0) +
                      (reflection.value_or(false) ? 1 : 0);
  if (sources > 1) fields.mistake("give one of proto, descriptor_set and reflection");
  if (sources == 0 && reflection)
    fields.mistake("reflection", "is false, so give proto or descriptor_set");
  if (fields.has("import_paths") && !fields.has("proto"))
    fields.mistake("import_paths", "goes with proto");
}

void read_data(JsonFields& fields, const std::string& folder, GrpcOptions& options) {
  const Json* data = fields.any("data");
  if (data != nullptr) options.data = *data;
  if (const auto file = fields.text("data_file")) {
    if (data != nullptr) return fields.mistake("data_file", "give data or data_file, not both");
    const std::string path = (std::filesystem::path(folder) / *file).string();
    const auto text = read_file(path, kLargestJson);
    if (!text) return fields.mistake("data_file", text.error().message);
    auto parsed = parse_grpc_data(*text, path);
    if (!parsed) return fields.mistake("data_file", parsed.error().message);
    options.data = std::move(*parsed);
  }
  if (options.data.is_array() && options.data.empty()) {
    fields.mistake(data != nullptr ? "data" : "data_file",
                   "an array of messages needs at least one");
  }
}

void read_expectation(JsonFields& fields, GrpcOptions& options) {
  const Json* expect = fields.object("expect");
  if (expect == nullptr) return;
  JsonFields inner(*expect, fields.pointer_to("expect"), fields.mistakes());
  if (const Json* status = inner.any("status")) {
    const auto code =
        parse_grpc_status(status->is_string() ? status->get<std::string>() : status->dump());
    if (code) {
      options.expected_status = *code;
    } else {
      inner.mistake("status", code.error().message);
    }
  }
  inner.finish();
}

/// `list` over and over until there are `count`.
std::vector<std::string> repeat(const std::vector<std::string>& list, std::size_t count) {
  std::vector<std::string> all;
  all.reserve(count);
  for (std::size_t i = 0; i < count; ++i) all.push_back(list[i % list.size()]);
  return all;
}

}  // namespace

Result<Json> parse_grpc_data(std::string_view text, const std::string& name) {
  auto source = JsonSource::parse(text, name);
  if (!source) return failure(source.error());
  return source->root();
}

Result<std::map<std::string, std::string>> check_grpc_metadata(
    const std::map<std::string, std::string>& metadata) {
  std::map<std::string, std::string> checked;
  for (const auto& [name, value] : metadata) {
    const std::string name_sent = lower(name);
    const std::string problem = metadata_problem(name_sent, value);
    if (!problem.empty())
      return failure(ExitCode::usage, fmt::format("{}: {}", quote(name), problem));
    if (!checked.emplace(name_sent, value).second)
      return failure(ExitCode::usage, fmt::format("{} is there twice", quote(name)));
  }
  return checked;
}

Result<int> parse_grpc_status(std::string_view text) {
  int code = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  if (error == std::errc{} && end == text.data() + text.size() && code >= 0 && code < kStatusCodes)
    return code;
  std::vector<std::string> names;
  for (int i = 0; i < kStatusCodes; ++i) {
    names.push_back(grpc_code_name(static_cast<std::uint32_t>(i)));
    if (names.back() == text) return i;
  }
  return failure(ExitCode::usage, unknown_name("gRPC status", text, names));
}

Result<GrpcOptions> read_grpc_options(const ScenarioSpec& spec) {
  Mistakes mistakes("scenarios." + spec.name);
  JsonFields fields(spec.options, "", mistakes);
  GrpcOptions options;
  options.method =
      fields.require("method", R"("method": "pkg.Service/Method")").text("method").value_or("");
  read_schema(fields, spec.folder, options);
  read_data(fields, spec.folder, options);
  if (const auto count = fields.integer("messages", 1, kMostMessages))
    options.messages = static_cast<std::size_t>(*count);
  options.turns = fields.boolean("turns").value_or(false);
  if (const auto given = fields.text_map("metadata")) {
    auto metadata = check_grpc_metadata(*given);
    if (!metadata) fields.mistake("metadata", metadata.error().message);
    if (metadata) options.metadata = std::move(*metadata);
  }
  if (const auto name = fields.text("traceparent_as"); name && *name != options.traceparent_as) {
    auto checked = check_grpc_metadata({{*name, ""}});
    if (!checked) fields.mistake("traceparent_as", checked.error().message);
    if (checked) options.traceparent_as = checked->begin()->first;
    if (options.metadata.contains(options.traceparent_as))
      fields.mistake("traceparent_as", "is among the metadata already");
  }
  options.deadline = fields.parsed("deadline", parse_duration);
  if (options.deadline && options.deadline->count() == 0)
    fields.mistake("deadline", "is 0, so no call could succeed; leave it out for none");
  read_expectation(fields, options);
  options.tls = read_tls(fields, spec.folder);
  fields.finish();
  if (!mistakes.empty()) return failure(mistakes.error());
  return options;
}

Result<GrpcSchema> load_grpc_schema(const GrpcOptions& options, const Endpoint& endpoint) {
  if (!options.protos.empty()) return GrpcSchema::from_protos(options.protos, options.import_paths);
  if (options.descriptor_set.empty())
    return reflect_grpc_schema(endpoint, options.tls, kReflectionTimeout);
  const auto bytes = read_file(options.descriptor_set, kDescriptorsMax);
  if (!bytes) return failure(bytes.error());
  return GrpcSchema::from_descriptor_set(*bytes, options.descriptor_set);
}

Result<GrpcCall> make_grpc_call(const GrpcOptions& options, const GrpcSchema& schema) {
  const auto method = schema.find_method(options.method);
  if (!method) return failure(method.error().within("method"));
  const bool client_streams =
      method->kind == GrpcKind::client_stream || method->kind == GrpcKind::bidi;
  if (options.messages && !client_streams) {
    return failure(ExitCode::usage,
                   fmt::format("messages: {} is a {} method, which takes one message a call",
                               method->path, name_of(method->kind)));
  }
  auto messages = encode_grpc_messages(options.data, *method->input, "data");
  if (!messages) return failure(messages.error());
  if (messages->empty())
    return failure(ExitCode::usage, "data: an array of messages needs at least one");
  GrpcCall call{method->path,     method->kind,     std::move(*messages),
                options.metadata, options.deadline, options.expected_status};
  if (!options.messages) return call;
  std::size_t longest = 0;
  for (const std::string& message : call.messages) longest = std::max(longest, message.size());
  if (longest * *options.messages > kCallBytesMax) {
    return failure(ExitCode::usage,
                   fmt::format("messages: {} of up to {} are too much for one call, at most {}",
                               *options.messages, format_bytes(static_cast<double>(longest)),
                               format_bytes(kCallBytesMax)));
  }
  call.messages = repeat(call.messages, *options.messages);
  return call;
}

}  // namespace tracetax
