// SPDX-License-Identifier: Apache-2.0
#include "scenarios/http/http.h"

#include <algorithm>
#include <filesystem>

#include "harness/core/json/json_fields.h"
#include "harness/core/text/text_file.h"
#include "scenarios/http/http_request.h"
#include "scenarios/http/tls_options.h"

namespace tracetax {
namespace {

constexpr std::size_t kBodyMax = 64 * 1024 * 1024;

void read_body(JsonFields& fields, const std::string& folder, HttpRequest& request) {
  if (const Json* body = fields.any("body")) {
    if (body->is_string()) {
      request.body = body->get<std::string>();
    } else {
      request.body = body->dump();
      const bool typed =
          std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
            return header.first == "Content-Type" || header.first == "content-type";
          });
      if (!typed) request.headers.emplace_back("Content-Type", "application/json");
    }
  }
  if (const auto path = fields.text("body_file")) {
    if (fields.has("body")) return fields.mistake("body_file", "give body or body_file, not both");
    auto body = read_file((std::filesystem::path(folder) / *path).string(), kBodyMax);
    if (!body) return fields.mistake("body_file", body.error().message);
    request.body = std::move(*body);
  }
}

HttpRequest read_request(JsonFields& fields, const std::string& folder) {
  HttpRequest request;
  if (const auto headers = fields.text_map("headers"))
    request.headers.assign(headers->begin(), headers->end());
  read_body(fields, folder, request);
  request.method = fields.text("method").value_or(request.body.empty() ? "GET" : "POST");
  request.path = fields.require("path", "\"path\": \"/users/42\"").text("path").value_or("/");
  return request;
}

HttpExpectation read_expectation(JsonFields& fields) {
  HttpExpectation expectation;
  const Json* expect = fields.object("expect");
  if (expect == nullptr) return expectation;
  JsonFields inner(*expect, fields.pointer_to("expect"), fields.mistakes());
  // A lone number is what most people write.
  if (const Json* status = inner.any("status")) {
    const auto range =
        parse_status_range(status->is_string() ? status->get<std::string>() : status->dump());
    if (range) {
      expectation.status_low = range->first;
      expectation.status_high = range->second;
    } else {
      inner.mistake("status", range.error().message);
    }
  }
  expectation.body_contains = inner.text("body_contains").value_or("");
  inner.finish();
  return expectation;
}

}  // namespace

Result<PreparedScenario> prepare_http_scenario(const ScenarioSpec& spec, const ScenarioUse& use) {
  Mistakes mistakes("scenarios." + spec.name);
  JsonFields fields(spec.options, "", mistakes);
  std::vector<HttpRequest> requests;
  if (const Json* list = fields.array("requests")) {
    for (const char* key : {"method", "path", "headers", "body", "body_file"}) {
      fields.refuse(key, "belongs inside the entries of \"requests\"");
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      JsonFields entry((*list)[i], fmt::format("/requests/{}", i), mistakes);
      requests.push_back(read_request(entry, spec.folder));
      entry.finish();
    }
  } else {
    requests.push_back(read_request(fields, spec.folder));
  }
  const HttpExpectation expectation = read_expectation(fields);
  HttpTransport transport;
  transport.http2 = fields.boolean("http2").value_or(false);
  transport.tls = read_tls(fields, spec.folder);
  fields.finish();
  if (!mistakes.empty()) return failure(mistakes.error());
  auto prepared = prepare_http(requests, expectation, transport, use);
  if (!prepared) return failure(prepared.error().within("scenarios." + spec.name));
  return prepared;
}

ScenarioEntry http_scenario_kind() {
  const auto describe = [](const ScenarioSpec& spec) {
    return ScenarioFacts{
        .is_http = true,
        .context_bytes = says(spec, "http2", true) ? kContextBytes : kHttp1ContextBytes};
  };
  return {"http",
          "HTTP/1.1 or HTTP/2 requests: one, or several in turn",
          {prepare_http_scenario, describe}};
}

}  // namespace tracetax
