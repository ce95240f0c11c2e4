// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http/http.h"

#include <algorithm>
#include <filesystem>

#include "harness/core/json/json_fields.h"
#include "harness/core/text/suggest.h"
#include "harness/core/text/text_file.h"
#include "scenarios/http/http_request.h"
#include "scenarios/http/tls_options.h"

namespace tracetax {
namespace {

constexpr std::size_t kBodyMax = 64 * 1024 * 1024;
constexpr std::size_t kDataMax = 64 * 1024 * 1024;
constexpr std::int64_t kExtraSpansMax = 1000;

/// A text with values, at `key` or below it.
ValueText value_at(JsonFields& fields, std::string_view key, std::string_view text,
                   const ValueSources& sources, Escape escape) {
  auto value = parse_value_text(text, sources, escape);
  if (!value) fields.mistake(key, value.error().message);
  return value ? std::move(*value) : ValueText{};
}

/// As it is: no ${...} stands for anything in it.
ValueText plain_text(std::string text) {
  return {{}, {{std::move(text), std::nullopt}}, Escape::none};
}

std::string body_file(JsonFields& fields, const std::string& path, const std::string& folder) {
  auto body = read_file((std::filesystem::path(folder) / path).string(), kBodyMax);
  if (!body) fields.mistake("body_file", body.error().message);
  return body ? std::move(*body) : "";
}

WrittenRequest read_request(JsonFields& fields, const ValueSources& sources) {
  WrittenRequest request;
  std::vector<std::pair<std::string, std::string>> headers;
  if (const auto map = fields.text_map("headers")) headers.assign(map->begin(), map->end());
  const Json* body = fields.any("body");
  const bool typed = std::ranges::any_of(headers, [](const auto& header) {
    return header.first == "Content-Type" || header.first == "content-type";
  });
  if (body != nullptr && !body->is_string() && !typed)
    headers.emplace_back("Content-Type", "application/json");
  for (const auto& [name, value] : headers)
    request.headers.emplace_back(name, value_at(fields, "headers", value, sources, Escape::none));
  if (body != nullptr) {
    const bool is_json = !body->is_string() || has_json_type(headers);
    request.body =
        value_at(fields, "body", body->is_string() ? body->get<std::string>() : body->dump(),
                 sources, is_json ? Escape::json : Escape::none);
  }
  if (const auto path = fields.text("body_file")) {
    if (body != nullptr) fields.mistake("body_file", "give body or body_file, not both");
    request.body = plain_text(body_file(fields, *path, sources.folder));
  }
  request.method = fields.text("method").value_or(request.body.empty() ? "GET" : "POST");
  const std::string path =
      fields.require("path", "\"path\": \"/users/42\"").text("path").value_or("/");
  request.path = value_at(fields, "path", path, sources, Escape::path);
  request.weight = fields.integer("weight", 1, kWeightMax).value_or(1);
  return request;
}

/// "status" of an "expect"; a lone number is what most people write.
std::optional<StatusRange> read_status(JsonFields& expect) {
  const Json* status = expect.any("status");
  if (status == nullptr) return std::nullopt;
  const auto range =
      parse_status_range(status->is_string() ? status->get<std::string>() : status->dump());
  if (range) return StatusRange{range->first, range->second};
  expect.mistake("status", range.error().message);
  return std::nullopt;
}

/// What only an entry of "requests" may say.
void read_truth(JsonFields& fields, WrittenRequest& request) {
  if (const auto name = fields.text("class")) {
    const auto of = request_class_from(*name);
    request.of = of.value_or(RequestClass::normal);
    if (!of) {
      const std::vector<std::string> known(kRequestClassNames.begin(), kRequestClassNames.end());
      fields.mistake("class", unknown_name("class of requests", *name, known));
    }
  }
  request.extra_spans =
      static_cast<std::uint32_t>(fields.integer("extra_spans", 0, kExtraSpansMax).value_or(0));
  const Json* value = fields.object("expect");
  if (value == nullptr) return;
  JsonFields expect(*value, fields.pointer_to("expect"), fields.mistakes());
  request.expected = read_status(expect);
  expect.refuse("body_contains",
                "is looked for once, in the first answer: it belongs beside \"requests\"");
  expect.finish();
}

std::optional<DataRows> read_data(JsonFields& fields, const std::string& folder) {
  const auto path = fields.text("data");
  if (!path) return std::nullopt;
  const auto data =
      read_file((std::filesystem::path(folder) / *path).string(), kDataMax)
          .and_then([&](const std::string& text) { return parse_data_rows(text, *path); });
  if (data) return *data;
  fields.mistake("data", data.error().message);
  return std::nullopt;
}

HttpExpectation read_expectation(JsonFields& fields) {
  HttpExpectation expectation;
  const Json* expect = fields.object("expect");
  if (expect == nullptr) return expectation;
  JsonFields inner(*expect, fields.pointer_to("expect"), fields.mistakes());
  if (const auto status = read_status(inner)) {
    expectation.status_low = status->low;
    expectation.status_high = status->high;
  }
  expectation.body_contains = inner.text("body_contains").value_or("");
  inner.finish();
  return expectation;
}

}  // namespace

Result<WrittenScenario> read_http_scenario(const Json& options, const std::string& folder,
                                           std::string_view context) {
  Mistakes mistakes{std::string(context)};
  JsonFields fields(options, "", mistakes);
  WrittenScenario written;
  written.data = read_data(fields, folder);
  // Of data that could not be read, no field is known: one mistake is enough.
  const bool data_failed = fields.has("data") && !written.data;
  const ValueSources sources{folder, written.data ? &*written.data : nullptr};
  if (const Json* list = data_failed ? nullptr : fields.array("requests")) {
    for (const char* key :
         {"method", "path", "headers", "body", "body_file", "weight", "class", "extra_spans"}) {
      fields.refuse(key, "belongs inside the entries of \"requests\"");
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      JsonFields entry((*list)[i], fmt::format("/requests/{}", i), mistakes);
      written.requests.push_back(read_request(entry, sources));
      read_truth(entry, written.requests.back());
      entry.finish();
    }
  } else if (!data_failed) {
    written.requests.push_back(read_request(fields, sources));
  }
  if (const auto user = fields.text("user"))
    written.user = value_at(fields, "user", *user, sources, Escape::none);
  written.keeps_cookies = fields.boolean("cookies").value_or(false);
  if (written.keeps_cookies && std::ranges::any_of(written.requests, [](const auto& request) {
        return request.of != RequestClass::normal || request.extra_spans > 0;
      })) {
    fields.mistake("cookies",
                   "each connection goes through the requests by itself then, and nobody knows "
                   "which request is whose trace: leave out \"class\" and \"extra_spans\"");
  }
  written.expectation = read_expectation(fields);
  written.transport.http2 = fields.boolean("http2").value_or(false);
  written.transport.tls = read_tls(fields, folder);
  if (!data_failed) fields.finish();
  if (!mistakes.empty()) return failure(mistakes.error());
  return written;
}

Result<PreparedScenario> prepare_http_scenario(const ScenarioSpec& spec, const ScenarioUse& use) {
  const std::string context = "scenarios." + spec.name;
  const auto written = read_http_scenario(spec.options, spec.folder, context);
  if (!written) return failure(written.error());
  auto prepared = prepare_written(*written, use);
  if (!prepared) return failure(prepared.error().within(context));
  return prepared;
}

ScenarioEntry http_scenario_kind() {
  const auto describe = [](const ScenarioSpec& spec) {
    return ScenarioFacts{
        .is_http = true,
        .context_bytes = context_bytes(spec, says(spec, "http2", true) ? 0 : kAroundHttp1Field)};
  };
  return {"http",
          "HTTP/1.1 or HTTP/2 requests: one, or several by weight, with values from data",
          {prepare_http_scenario, describe}};
}

}  // namespace tracetax
