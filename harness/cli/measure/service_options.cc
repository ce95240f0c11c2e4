// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measure/service_options.h"

#include <algorithm>

#include "harness/core/text/quote.h"
#include "harness/core/text/shell_words.h"
#include "harness/core/text/units.h"

namespace tracetax {
namespace {

using Pair = std::pair<std::string, std::string>;

Result<Pair> split_pair(const std::string& text, char at, std::string_view right) {
  const auto place = text.find(at);
  if (place == 0 || place == std::string::npos)
    return failure(ExitCode::usage, fmt::format("{} is not {}", quote(text), right));
  std::string value = text.substr(place + 1);
  if (at == ':') value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
  return Pair{text.substr(0, place), value};
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    if (end > at) parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

void read_pairs(OptionReader& reader, const char* name, char at, std::string_view right,
                std::vector<Pair>& place) {
  for (const std::string& text : reader.texts(name)) {
    auto pair = split_pair(text, at, right);
    const auto before = pair ? std::ranges::find(place, pair->first, &Pair::first) : place.end();
    if (!pair) {
      reader.mistake(fmt::format("--{}", name), pair.error().message);
    } else if (before == place.end()) {
      place.push_back(std::move(*pair));
    } else if (before->second != pair->second) {
      reader.mistake(fmt::format("--{}", name),
                     fmt::format("{} stands twice, with two values", quote(pair->first)));
    }
  }
}

void read_request(OptionReader& reader, ServiceOptions& options) {
  const bool get = reader.given("get"), post = reader.given("post"), grpc = reader.given("grpc");
  if (int{get} + int{post} + int{grpc} > 1)
    reader.mistake("--get, --post and --grpc", "do not go together; give one of them");
  if (get) options.path = reader.text("get");
  if (post) {
    options.method = "POST";
    options.path = reader.text("post");
  }
  if (!options.path.starts_with('/'))
    reader.mistake(post ? "--post" : "--get",
                   fmt::format("{} is no path; right is /hello/ada", quote(options.path)));
  if (grpc) {
    options.grpc = reader.text("grpc");
    if (options.grpc.find('/') == std::string::npos)
      reader.mistake("--grpc", fmt::format("{} is no method; right is package.Service/Method",
                                           quote(options.grpc)));
  }
  options.data = reader.text("data");
  if (reader.given("data") && !post && !grpc)
    reader.mistake("--data", "goes with --post or --grpc");
  options.proto = reader.text("proto");
  if (reader.given("proto") && !grpc) reader.mistake("--proto", "goes with --grpc");
}

}  // namespace

CutCommandLine cut_at_dashes(int argc, char** argv) {
  CutCommandLine cut;
  int i = 0;
  for (; i < argc && std::string_view{argv[i]} != "--"; ++i) cut.before.push_back(argv[i]);
  if (i < argc) cut.command.assign(argv + i + 1, argv + argc);
  return cut;
}

std::vector<OptionSpec> service_option_specs() {
  return {
      {"get", "what is asked for (default: /)", one_value("PATH")},
      {"post", "the same by POST, with --data as body", one_value("PATH")},
      {"grpc", "a unary call; its schema by reflection or --proto", one_value("PKG.SVC/METHOD")},
      {"data", "body, or the message of the call in JSON", one_value("TEXT")},
      {"proto", "file that declares the call", one_value("FILE")},
      {"header", "a header of every request; may be repeated", many_values("'NAME: VALUE'")},
      {"context",
       "how the trace context is sent: w3c, b3, b3multi, jaeger, xray; several with commas",
       one_value("LIST", "w3c")},
      {"rate", "500/s, or 30% of what `off` can do (default: what every arm can bear)",
       one_value("RATE")},
      {"arms", "tracing states to measure (default: off,off2,on@10%,on@100%)", one_value("LIST")},
      {"off", "the command without tracing, where variables do not switch it off",
       one_value("'COMMAND'")},
      {"before", "with --after: two builds of a service, one against the other",
       one_value("'COMMAND'")},
      {"after", "the other one", one_value("'COMMAND'")},
      {"env", "a variable of the service; may be repeated", many_values("NAME=VALUE")},
      {"ready", "a path that answers 2xx when it is ready (default: its port)", one_value("PATH")},
      {"otlp", "http/protobuf, grpc or http/json (default: http/protobuf)",
       one_of("PROTOCOL", {"http/protobuf", "grpc", "http/json"})},
      {"spans", "spans of a sampled request (default: found out)", one_value("N")},
      {"name", "what the reports call it (default: its program)", one_value("NAME")},
  };
}

void read_service_options(OptionReader& reader, ServiceOptions& options) {
  read_request(reader, options);
  reader.read("before", options.before, shell_words);
  reader.read("after", options.after, shell_words);
  reader.read("off", options.off, shell_words);
  read_pairs(reader, "header", ':', "'Name: value'", options.headers);
  reader.read("context", options.context, parse_context_list);
  read_pairs(reader, "env", '=', "NAME=VALUE", options.env);
  if (reader.given("before") != reader.given("after"))
    reader.mistake("--before", "goes with --after, and that with --before");
  if (reader.given("before") && (reader.given("off") || reader.given("arms")))
    reader.mistake("--before", "makes the arms itself; leave out --off and --arms");
  options.rate = reader.text("rate");
  if (const auto rate = parse_offered_rate(options.rate); reader.given("rate") && !rate)
    reader.mistake("--rate", rate.error().message);
  if (reader.given("arms")) options.arms = split_at_commas(reader.text("arms"));
  options.ready = reader.text("ready");
  if (reader.given("ready") && !options.ready.starts_with('/'))
    reader.mistake("--ready",
                   fmt::format("{} is no path; right is /healthz", quote(options.ready)));
  options.otlp = reader.text("otlp");
  if (reader.given("spans")) {
    int spans = 1;
    reader.read("spans", spans, whole(0, 1000));
    options.spans = spans;
  }
  options.name = reader.text("name");
}

}  // namespace tracetax
