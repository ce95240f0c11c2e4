// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/load_grpc.h"

#include "harness/cli/suite_options.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/text_file.h"
#include "scenarios/http/http_request.h"

namespace tracetax {
namespace {

constexpr std::size_t kDataMax = 64 * 1024 * 1024;
Json read_data(OptionReader& reader) {
  std::string text = reader.text("data"), name = "--data";
  if (text.starts_with('@')) {
    name = text.substr(1);
    text = reader.take("--data", read_file(name, kDataMax));
    if (text.empty()) return Json::object();
  }
  auto data = parse_grpc_data(text, name);
  if (data) return std::move(*data);
  reader.mistake("--data", data.error().message);
  return Json::object();
}

}  // namespace

std::vector<OptionSpec> grpc_option_specs() {
  return {
      {"proto", "file that declares the method (default: the server's reflection)",
       many_values("FILE")},
      {"import-path", "folder in which imports are looked for", many_values("DIR")},
      {"descriptor-set", "of protoc --descriptor_set_out, instead of --proto", one_value("FILE")},
      {"data", "message as JSON, or an array of them; @FILE reads it from there", one_value()},
      {"deadline", "of one call, told to the server", one_value()},
      {"messages", "sent in one call, where the client streams", one_value()},
      {"turns", "bidi: the next message when the last was answered"},
  };
}

GrpcOptions read_grpc_options(OptionReader& reader, const Url& url) {
  GrpcOptions options;
  options.method = url.path.substr(1);
  if (options.method.empty())
    reader.mistake("URL", "names no method; right is grpc://host:port/package.Service/Method");
  options.protos = reader.texts("proto");
  options.import_paths = reader.texts("import-path");
  options.descriptor_set = reader.text("descriptor-set");
  if (!options.protos.empty() && !options.descriptor_set.empty()) {
    reader.mistake("--descriptor-set", "give --proto or --descriptor-set, not both");
  }
  if (reader.given("data")) options.data = read_data(reader);
  if (reader.given("header")) {
    std::map<std::string, std::string> metadata;
    for (const std::string& header : reader.texts("header")) {
      const auto parsed = reader.take("--header", parse_header(header));
      const auto [before, is_new] = metadata.insert(parsed);
      if (!is_new && before->second != parsed.second)
        reader.mistake("--header",
                       fmt::format("{} stands twice; a call has it once", quote(parsed.first)));
    }
    options.metadata = reader.take("--header", check_grpc_metadata(metadata));
  }
  reader.read("deadline", options.deadline, parse_duration);
  if (options.deadline && *options.deadline <= Nanos{0})
    reader.mistake("--deadline", "must be longer than 0");
  reader.read("messages", options.messages, whole<std::size_t>(1, 1'000'000));
  options.turns = reader.given("turns");
  if (reader.given("expect-status"))
    reader.read("expect-status", options.expected_status, parse_grpc_status);
  refuse_options(
      reader,
      {"method", "request", "body", "body-file", "http2", "user", "rows", "scenario", "cookies"},
      "is for http:// and https:// URLs");
  return options;
}

void refuse_grpc_options(OptionReader& reader) {
  refuse_options(
      reader, {"proto", "import-path", "descriptor-set", "data", "deadline", "messages", "turns"},
      "is for grpc:// and grpcs:// URLs");
}

}  // namespace tracetax
