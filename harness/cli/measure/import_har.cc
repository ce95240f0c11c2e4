// A HAR (HTTP Archive 1.2), as browsers and proxies save what they saw.
// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "harness/cli/measure/import_parts.h"
#include "harness/core/text/url_parts.h"

namespace tracetax {
namespace {

using Json = JsonSource::Json;

std::string text_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const Json& member(const Json& object, const char* key) {
  static const Json kNothing = Json::object();
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

}  // namespace

Result<ImportedRequests> import_har(const Json& root) {
  ImportedRequests imported;
  std::map<std::string, int> elsewhere;
  bool has_body = false;
  for (const Json& entry : member(member(root, "log"), "entries")) {
    const Json& asked = member(entry, "request");
    const std::string url = text_in(asked, "url");
    const Json& code = member(member(entry, "response"), "status");
    const int status = code.is_number_integer() ? code.get<int>() : 0;
    if (!url.starts_with("http://") && !url.starts_with("https://")) continue;  // "data:", "ws:"
    ImportedRequest request;
    request.method = text_in(asked, "method");
    ImportedRequests tried = imported;
    if (!set_url(tried, request, as_plain_text(url))) {
      ++elsewhere[std::string(split_url(url).host)];
      continue;
    }
    if (status < 200 || status >= 400) {
      imported.origin = tried.origin;
      imported.notes.push_back(fmt::format("left out: {} {}, {}", request.method, request.path,
                                           status == 0 ? std::string("which was not answered")
                                                       : fmt::format("answered {}", status)));
      continue;
    }
    imported = std::move(tried);
    // What a browser had already: without its conditions it is sent in whole.
    request.status_low = request.status_high = status == 304 ? 200 : status;
    for (const Json& header : member(asked, "headers"))
      add_header(imported, request, text_in(header, "name"),
                 as_plain_text(text_in(header, "value")));
    if (const std::string body = text_in(member(asked, "postData"), "text"); !body.empty()) {
      request.body = body_of(body);
      has_body = true;
    }
    add_request(imported, std::move(request));
  }
  for (const auto& [host, count] : elsewhere)
    imported.notes.push_back(fmt::format("left out: {} requests to {}", count, host));
  if (has_body)
    imported.notes.push_back("bodies are copied as they are: look for passwords in them");
  return imported;
}

}  // namespace tracetax
