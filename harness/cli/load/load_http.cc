// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/load/load_http.h"

#include <filesystem>
#include <tuple>

#include "harness/cli/suite_options.h"
#include "harness/core/json/json_fields.h"
#include "harness/core/suite/scenario_reader.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/text_file.h"
#include "scenarios/http/http.h"

namespace tracetax {
namespace {

constexpr std::size_t kBodyMax = 64 * 1024 * 1024;
constexpr std::size_t kRowsMax = 64 * 1024 * 1024;
constexpr std::size_t kHeaderFileMax = 1024 * 1024;

std::string method_given(OptionReader& reader) {
  if (reader.given("method") && reader.given("request"))
    reader.mistake("--request", "is --method as curl calls it; give one of the two");
  return reader.text(reader.given("request") ? "request" : "method");
}

/// --header values, with the lines of the file in place of "@FILE".
std::vector<std::string> header_lines(OptionReader& reader) {
  std::vector<std::string> lines;
  for (const std::string& header : reader.texts("header")) {
    if (!header.starts_with('@')) {
      lines.push_back(header);
      continue;
    }
    const std::string text = reader.take("--header", read_file(header.substr(1), kHeaderFileMax));
    std::string_view left = text;
    while (!left.empty()) {
      std::string_view line = left.substr(0, left.find('\n'));
      left.remove_prefix(std::min(line.size() + 1, left.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.empty()) lines.emplace_back(line);
    }
  }
  return lines;
}

ValueText as_it_is(std::string text) {
  return {{}, {{std::move(text), std::nullopt}}, Escape::none};
}

WrittenRequest read_one_request(OptionReader& reader, const Url& url, const ValueSources& sources) {
  WrittenRequest request;
  const auto value = [&](const char* option, std::string_view text, Escape escape) {
    return reader.take(option, parse_value_text(text, sources, escape));
  };
  request.path = value("URL", url.path, Escape::path);
  std::vector<std::pair<std::string, std::string>> headers;
  for (const std::string& line : header_lines(reader)) {
    headers.push_back(reader.take("--header", parse_header(line)));
    request.headers.emplace_back(headers.back().first,
                                 value("--header", headers.back().second, Escape::none));
  }
  if (reader.given("body-file")) {
    if (reader.given("body")) reader.mistake("--body-file", "give --body or --body-file, not both");
    request.body =
        as_it_is(reader.take("--body-file", read_file(reader.text("body-file"), kBodyMax)));
  } else {
    request.body =
        value("--body", reader.text("body"), has_json_type(headers) ? Escape::json : Escape::none);
  }
  request.method = method_given(reader);
  if (request.method.empty() && !reader.given("method") && !reader.given("request"))
    request.method = request.body.empty() ? "GET" : "POST";
  return request;
}

void read_user(OptionReader& reader, const Url& url, const ValueSources& sources,
               WrittenScenario& scenario) {
  if (!url.user.empty()) scenario.user = as_it_is(url.user);
  if (!reader.given("user")) return;
  if (!url.user.empty()) reader.mistake("--user", "stands in the URL already");
  if (reader.text("user").find(':') == std::string::npos)
    reader.mistake("--user", "has no password; right is NAME:PASSWORD, or 'NAME:${env:PASSWORD}'");
  scenario.user =
      reader.take("--user", parse_value_text(reader.text("user"), sources, Escape::none));
}

HttpLoad read_from_options(OptionReader& reader, const Url& url) {
  HttpLoad load;
  WrittenScenario& scenario = load.scenario;
  if (reader.given("rows")) {
    const std::string& file = reader.text("rows");
    auto data = read_file(file, kRowsMax).and_then([&](const std::string& text) {
      return parse_data_rows(text, file);
    });
    if (data) scenario.data = std::move(*data);
    if (!data) reader.mistake("--rows", data.error().message);
    if (!data) return load;  // no field is known
  }
  const ValueSources sources{"", scenario.data ? &*scenario.data : nullptr};
  scenario.requests.push_back(read_one_request(reader, url, sources));
  read_user(reader, url, sources, scenario);
  std::tie(scenario.expectation.status_low, scenario.expectation.status_high) =
      reader.take("--expect-status", parse_status_range(reader.text("expect-status")));
  scenario.expectation.body_contains = reader.text("expect-body");
  scenario.keeps_cookies = reader.given("cookies");
  scenario.transport.http2 = reader.given("http2");
  load.what = scenario.requests.front().method;
  return load;
}

/// The part of a suite that describes the scenario called so, or its only one.
Result<std::string> pointer_in_suite(const JsonSource& source, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [key, value] : source.root().at("scenarios").items()) names.push_back(key);
  const auto wrong = [&](const std::string& what) {
    return failure(ExitCode::usage, fmt::format("{}: {}", source.file(), what));
  };
  if (name.empty() && names.size() == 1) return "/scenarios/" + pointer_step(names.front());
  if (name.empty()) {
    return wrong(fmt::format("has {} scenarios; right is {}:NAME, of {}", names.size(),
                             source.file(), fmt::join(names, ", ")));
  }
  if (source.root().at("scenarios").contains(name)) return "/scenarios/" + pointer_step(name);
  return wrong(unknown_name("scenario", name, names));
}

}  // namespace

std::vector<OptionSpec> http_option_specs() {
  return {
      {"m,method", "method", one_value()},
      {"X,request", "the same, as curl has it", one_value()},
      {"H,header", "header 'Name: value'; @FILE has one on each line", many_values()},
      {"b,body", "body", one_value()},
      {"body-file", "body from a file", one_value()},
      {"u,user", "basic authentication: NAME:PASSWORD", one_value()},
      {"rows", "CSV or JSON lines; ${name} in URL, headers and body is a field of its rows",
       one_value("FILE")},
      {"scenario", "requests of a scenario file, or of a suite (SUITE:NAME)", one_value("FILE")},
      {"cookies", "each connection keeps those that it is given"},
  };
}

HttpLoad read_http_options(OptionReader& reader, const Url& url) {
  if (!reader.given("scenario")) return read_from_options(reader, url);
  refuse_options(reader,
                 {"method", "request", "header", "body", "body-file", "rows", "expect-status",
                  "expect-body", "http2"},
                 "stands in the scenario");
  if (url.path != "/") reader.mistake("URL", "has a path, but those stand in the scenario");
  const std::string& place = reader.text("scenario");
  auto read = read_scenario_file(place);
  if (!read) {
    reader.mistake("--scenario", read.error().message);
    return {};
  }
  HttpLoad load = std::move(*read);
  if (reader.given("cookies")) load.scenario.keeps_cookies = true;
  read_user(reader, url, {"", load.scenario.data ? &*load.scenario.data : nullptr}, load.scenario);
  const auto count = load.scenario.requests.size();
  load.what = count == 1 ? load.scenario.requests.front().method
                         : fmt::format("{} requests of {}", count, printable(place, 60));
  return load;
}

Result<HttpLoad> read_scenario_file(const std::string& place) {
  std::string file = place, name;
  std::error_code code;
  const std::size_t colon = place.rfind(':');
  if (colon != std::string::npos && !std::filesystem::exists(place, code)) {
    file = place.substr(0, colon);
    name = place.substr(colon + 1);
  }
  const auto text = read_file(file, kLargestJson);
  if (!text) return failure(text.error());
  const auto source = JsonSource::parse(*text, file);
  if (!source) return failure(source.error());
  const Json& root = source->root();
  std::string pointer;
  if (root.is_object() && root.contains("scenarios") && root.at("scenarios").is_object()) {
    const auto found = pointer_in_suite(*source, name);
    if (!found) return failure(found.error());
    pointer = *found;
  } else if (!root.is_object() || (!root.contains("path") && !root.contains("requests"))) {
    return failure(ExitCode::usage,
                   fmt::format("{}: is no scenario, which has \"path\" or \"requests\", and no "
                               "suite with \"scenarios\"",
                               file));
  }
  Json options = root.at(Json::json_pointer(pointer));
  const std::string kind = options.is_object() ? options.value("kind", "http") : "";
  if (kind != "http") {
    return failure(ExitCode::usage, fmt::format("{}: load sends scenarios of kind http, not {}",
                                                source->place_of(pointer), quote(kind)));
  }
  Mistakes mistakes(*source);
  HttpLoad load;
  JsonFields fields(options, pointer, mistakes);
  load.context = read_context(fields).value_or(load.context);
  for (const char* key : {"kind", "targets", "context", "$schema", "name", "description"})
    options.erase(key);
  const std::string folder = std::filesystem::path(file).parent_path().string();
  auto scenario = read_http_scenario(options, folder, dotted_path(pointer));
  if (!scenario) mistakes.add_told(pointer, scenario.error().message);
  if (!mistakes.empty()) return failure(mistakes.error());
  load.scenario = std::move(*scenario);
  return load;
}

}  // namespace tracetax
