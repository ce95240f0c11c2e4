// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measure/imported_requests.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "harness/cli/measure/import_parts.h"
#include "harness/core/request/context_format.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/url_parts.h"

namespace tracetax {
namespace {

using Json = JsonSource::Json;

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

// Written by the driver, about one connection, or made so that the answer comes from a cache.
constexpr std::array<std::string_view, 15> kNotCopied{"host",
                                                      "connection",
                                                      "keep-alive",
                                                      "proxy-connection",
                                                      "te",
                                                      "trailer",
                                                      "transfer-encoding",
                                                      "upgrade",
                                                      "expect",
                                                      "content-length",
                                                      "tracestate",
                                                      "baggage",
                                                      "if-none-match",
                                                      "if-modified-since",
                                                      "http2-settings"};
constexpr std::array<std::string_view, 8> kSecretHeaders{
    "authorization", "proxy-authorization", "cookie",       "x-api-key",
    "api-key",       "x-auth-token",        "x-csrf-token", "x-xsrf-token"};
constexpr std::array<std::string_view, 11> kSecretFields{
    "access_token", "token", "api_key", "apikey",  "key",          "password",
    "secret",       "sig",   "auth",    "session", "client_secret"};

/// `path` with what its query tells of secrets to be given.
std::string without_secrets(ImportedRequests& imported, std::string_view path) {
  const std::size_t query = std::min(path.find('?'), path.size());
  std::string out(path.substr(0, query));
  for (std::size_t at = query; at < path.size();) {
    const std::size_t end = std::min(path.find('&', at + 1), path.size());
    const std::string_view field = path.substr(at, end - at);  // "?a=b" or "&a=b"
    const std::size_t equals = std::min(field.find('='), field.size());
    const std::string_view name = field.substr(1, equals - 1);
    if (equals < field.size() && is_one_of(lower_case(name), kSecretFields)) {
      out += fmt::format("{}={}", field.substr(0, equals),
                         to_be_given(imported, name, "a secret in the query of a URL"));
    } else {
      out += field;
    }
    at = end;
  }
  return out;
}

bool is_same(const ImportedRequest& a, const ImportedRequest& b) {
  return a.method == b.method && a.path == b.path && a.headers == b.headers && a.body == b.body &&
         a.body_file == b.body_file && a.user == b.user;
}

Json request_form(const ImportedRequest& request, bool alone) {
  Json form = Json::object();
  form["method"] = request.method;
  form["path"] = request.path;
  for (const auto& [name, value] : request.headers) form["headers"][name] = value;
  if (request.body) form["body"] = *request.body;
  if (!request.body_file.empty()) form["body_file"] = request.body_file;
  if (request.weight > 1 && !alone) form["weight"] = request.weight;
  return form;
}

}  // namespace

std::string to_be_given(ImportedRequests& imported, std::string_view name, std::string_view what) {
  std::string variable;
  for (const char c : name) {
    const bool right = std::isalnum(static_cast<unsigned char>(c)) != 0;
    variable += right ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : '_';
  }
  if (variable.empty() || std::isdigit(static_cast<unsigned char>(variable[0])) != 0)
    variable.insert(0, "_");
  imported.to_be_given.emplace(variable, what);
  return fmt::format("${{env:{}}}", variable);
}

std::string as_plain_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("${")) out += '$';
    out += text[i];
  }
  return out;
}

void add_header(ImportedRequests& imported, ImportedRequest& request, std::string_view name,
                std::string_view value) {
  const std::string lower = lower_case(name);
  if (lower.empty() || lower[0] == ':' || is_one_of(lower, kNotCopied) ||
      lower.starts_with("sec-") || lower.starts_with("x-b3-") || carries_context(lower)) {
    return;
  }
  const bool is_given = value.find("${env:") != std::string_view::npos;
  if (!is_one_of(lower, kSecretHeaders) || is_given) {
    request.headers.emplace_back(name, value);
    return;
  }
  request.headers.emplace_back(name,
                               to_be_given(imported, name, fmt::format("the header {}", name)));
}

bool set_url(ImportedRequests& imported, ImportedRequest& request, std::string_view url) {
  const UrlParts parts = split_url(url);
  if (parts.scheme.empty()) {
    request.path = without_secrets(imported, url.substr(0, url.find('#')));
    return true;
  }
  std::string_view authority = parts.authority;
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    authority.remove_prefix(at + 1);
    request.user = to_be_given(imported, "USER", "NAME:PASSWORD of basic authentication");
  }
  const std::string origin = fmt::format("{}://{}", lower_case(parts.scheme), authority);
  if (imported.origin.empty()) imported.origin = origin;
  request.path = without_secrets(imported, parts.path.substr(0, parts.path.find('#')));
  if (!request.path.starts_with('/')) request.path.insert(0, "/");
  return origin == imported.origin;
}

Json body_of(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() && !json.is_array()) return as_plain_text(text);
  return text.find("${") == std::string_view::npos ? json : Json::parse(as_plain_text(json.dump()));
}

void add_request(ImportedRequests& imported, ImportedRequest request) {
  const auto same = std::ranges::find_if(
      imported.requests, [&](const ImportedRequest& other) { return is_same(other, request); });
  if (same == imported.requests.end()) {
    imported.requests.push_back(std::move(request));
  } else {
    ++same->weight;
  }
}

Result<ImportedRequests> import_requests(std::string_view text, const std::string& file) {
  const auto wrong = [&](std::string_view what) {
    return failure(ExitCode::usage, fmt::format("{}: {}", quote(file), what));
  };
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::size_t first = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  Result<ImportedRequests> imported = ImportedRequests{};
  if (text.substr(first).starts_with('{')) {
    const Json root = Json::parse(text, nullptr, false);
    if (root.is_discarded()) return wrong("begins with { and is no JSON");
    if (root.contains("swagger"))
      return wrong("is Swagger 2.0; convert it to OpenAPI 3 (npx swagger2openapi, for one)");
    if (root.contains("openapi")) {
      imported = import_openapi(root);
    } else if (root.contains("log")) {
      imported = import_har(root);
    } else {
      return wrong("has neither \"openapi\" nor \"log\": it is no OpenAPI 3 file and no HAR");
    }
  } else if (text.substr(first).starts_with("openapi:") ||
             text.find("\nopenapi:") != std::string_view::npos) {
    return wrong(
        "is YAML; JSON is read: python3 -c 'import json,sys,yaml; print(json.dumps(yaml.safe_load("
        "sys.stdin), default=str))' < in.yaml > out.json");
  } else {
    imported = import_http_file(text, file);
  }
  if (!imported) return failure(imported.error().within(quote(file)));
  if (imported->requests.empty()) {
    std::string told = "no request is left";
    for (const std::string& note : imported->notes) told += "; " + note;
    return wrong(told);
  }
  return imported;
}

Json imported_scenario(const ImportedRequests& imported) {
  const std::vector<ImportedRequest>& requests = imported.requests;
  Json scenario = {{"kind", "http"}};
  int low = 0, high = 0;
  for (const ImportedRequest& request : requests) {
    if (request.status_low == 0) continue;
    low = low == 0 ? request.status_low : std::min(low, request.status_low);
    high = std::max(high, request.status_high);
  }
  if (requests.size() == 1) {
    scenario.update(request_form(requests.front(), true));
  } else {
    for (const ImportedRequest& request : requests)
      scenario["requests"].push_back(request_form(request, false));
  }
  const auto user = std::ranges::find_if(
      requests, [](const ImportedRequest& request) { return !request.user.empty(); });
  if (user != requests.end()) scenario["user"] = user->user;
  const bool all_known = std::ranges::all_of(
      requests, [](const ImportedRequest& request) { return request.status_low != 0; });
  if (all_known) {
    scenario["expect"]["status"] =
        low == high ? std::to_string(low) : fmt::format("{}-{}", low, high);
  }
  return scenario;
}

}  // namespace tracetax
