// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/load_grpc.h"

#include "harness/core/text/text_file.h"
#include "scenarios/http/http_request.h"

namespace tracetax {
namespace {

constexpr std::size_t kDataMax = 64 * 1024 * 1024;
constexpr const char* kNames[] = {"proto",    "import-path", "descriptor-set", "data",
                                  "deadline", "messages",    "turns"};

Json read_data(const cxxopts::ParseResult& parsed, OptionMistakes& mistakes) {
  std::string text = parsed["data"].as<std::string>(), name = "--data";
  if (text.starts_with('@')) {
    name = text.substr(1);
    text = mistakes.take("--data", read_file(name, kDataMax));
    if (text.empty()) return Json::object();
  }
  auto data = parse_grpc_data(text, name);
  if (data) return std::move(*data);
  mistakes.add("--data", data.error().message);
  return Json::object();
}

}  // namespace

void declare_grpc_options(cxxopts::Options& options) {
  options.add_options("gRPC")  //
      ("proto", "file that declares the method (default: the server's reflection)",
       cxxopts::value<std::vector<std::string>>(), "FILE")  //
      ("import-path", "folder in which imports are looked for",
       cxxopts::value<std::vector<std::string>>(),
       "DIR")("descriptor-set", "of protoc --descriptor_set_out, instead of --proto",
              cxxopts::value<std::string>(),
              "FILE")("data", "message as JSON, or an array of them; @FILE reads it from there",
                      cxxopts::value<std::string>())("deadline", "of one call, told to the server",
                                                     cxxopts::value<std::string>())              //
      ("messages", "sent in one call, where the client streams", cxxopts::value<std::string>())  //
      ("turns", "bidi: the next message when the last was answered");
}

GrpcOptions read_grpc_options(const cxxopts::ParseResult& parsed, const Url& url,
                              OptionMistakes& mistakes) {
  GrpcOptions options;
  options.method = url.path.substr(1);
  if (options.method.empty())
    mistakes.add("URL", "names no method; right is grpc://host:port/package.Service/Method");
  if (parsed.count("proto") != 0) options.protos = parsed["proto"].as<std::vector<std::string>>();
  if (parsed.count("import-path") != 0)
    options.import_paths = parsed["import-path"].as<std::vector<std::string>>();
  if (parsed.count("descriptor-set") != 0)
    options.descriptor_set = parsed["descriptor-set"].as<std::string>();
  if (!options.protos.empty() && !options.descriptor_set.empty()) {
    mistakes.add("--descriptor-set", "give --proto or --descriptor-set, not both");
  }
  if (parsed.count("data") != 0) options.data = read_data(parsed, mistakes);
  if (parsed.count("header") != 0) {
    std::map<std::string, std::string> metadata;
    for (const std::string& header : parsed["header"].as<std::vector<std::string>>()) {
      metadata.insert(mistakes.take("--header", parse_header(header)));
    }
    options.metadata = mistakes.take("--header", check_grpc_metadata(metadata));
  }
  if (parsed.count("deadline") != 0) {
    options.deadline =
        mistakes.take("--deadline", parse_duration(parsed["deadline"].as<std::string>()), Nanos{1});
    if (options.deadline <= Nanos{0}) mistakes.add("--deadline", "must be longer than 0");
  }
  if (parsed.count("messages") != 0) {
    const auto count = parse_whole(parsed["messages"].as<std::string>(), 1, 1'000'000);
    options.messages =
        static_cast<std::size_t>(mistakes.take("--messages", count, std::int64_t{1}));
  }
  options.turns = parsed.count("turns") != 0;
  if (parsed.count("expect-status") != 0) {
    options.expected_status = mistakes.take(
        "--expect-status", parse_grpc_status(parsed["expect-status"].as<std::string>()));
  }
  for (const char* name : {"method", "body", "body-file", "http2"}) {
    if (parsed.count(name) != 0)
      mistakes.add(fmt::format("--{}", name), "is for http:// and https:// URLs");
  }
  return options;
}

void refuse_grpc_options(const cxxopts::ParseResult& parsed, OptionMistakes& mistakes) {
  for (const char* name : kNames) {
    if (parsed.count(name) != 0)
      mistakes.add(fmt::format("--{}", name), "is for grpc:// and grpcs:// URLs");
  }
}

}  // namespace tracetax
