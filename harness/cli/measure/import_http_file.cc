// An .http or .rest file, as editors send requests from: "###" between requests, "@name = value"
// and {{name}}, "#" and "//" before comments.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "harness/cli/measure/import_parts.h"
#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_method(std::string_view word) {
  return !word.empty() &&
         word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos;
}

/// "/users HTTP/1.1" is "/users".
std::string_view without_version(std::string_view url) {
  return trim(url.substr(0, std::min(url.rfind(" HTTP/"), url.size())));
}

class HttpFile {
 public:
  Result<ImportedRequests> read(std::string_view text) {
    for (std::size_t number = 1; !text.empty(); ++number) {
      const std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
      if (Status taken = take(line, number); !taken) return failure(taken.error());
    }
    end_request();
    return std::move(imported_);
  }

 private:
  enum class Part { before, headers, body };

  Status take(std::string_view line, std::size_t number) {
    const std::string_view shown = trim(line);
    if (shown.starts_with("###")) {
      end_request();
      return {};
    }
    if (part_ == Part::body) {
      take_body(line);
      return {};
    }
    if (shown.starts_with('#') || shown.starts_with("//")) return {};
    if (part_ == Part::before) return take_first(shown, number);
    if (shown.empty()) {
      part_ = Part::body;
      return {};
    }
    if (shown.starts_with('?') || shown.starts_with('&')) {
      url_ += without_version(shown);
      return {};
    }
    const std::size_t colon = shown.find(':');
    if (colon == std::string_view::npos)
      return failure(ExitCode::usage, fmt::format("line {}: {} is no header; right is Name: value",
                                                  number, quote(shown)));
    headers_.emplace_back(trim(shown.substr(0, colon)), filled(trim(shown.substr(colon + 1))));
    return {};
  }

  Status take_first(std::string_view line, std::size_t number) {
    if (line.empty()) return {};
    if (line.starts_with('@')) {
      const std::size_t equals = line.find('=');
      if (equals == std::string_view::npos)
        return failure(
            ExitCode::usage,
            fmt::format("line {}: {} has no value; right is @name = value", number, quote(line)));
      values_[std::string(trim(line.substr(1, equals - 1)))] =
          filled(trim(line.substr(equals + 1)));
      return {};
    }
    if (line.starts_with('<')) {  // "< {% a script %}"
      note_script();
      return {};
    }
    const std::string_view word = line.substr(0, line.find(' '));
    method_ = is_method(word) ? word : "GET";
    const std::string_view url =
        without_version(is_method(word) ? trim(line.substr(word.size())) : line);
    const bool is_url =
        url.find("://") != std::string_view::npos || url.starts_with('/') || url.starts_with("{{");
    if (!is_url)
      return failure(ExitCode::usage,
                     fmt::format("line {}: {} is no request; right is GET http://host:port/path",
                                 number, quote(line)));
    url_ = url;
    part_ = Part::headers;
    return {};
  }

  void take_body(std::string_view line) {
    const std::string_view shown = trim(line);
    if (shown.starts_with("> ") || shown.starts_with("<> ") || in_script_) {
      in_script_ = (in_script_ || shown.find("{%") != std::string_view::npos) &&
                   shown.find("%}") == std::string_view::npos;
      note_script();
      return;
    }
    if (shown.starts_with("< ")) {
      body_file_ = trim(shown.substr(2));
      return;
    }
    body_ += line;
    body_ += '\n';
  }

  void note_script() {
    constexpr std::string_view kNote = "scripts and stored answers are passed over";
    if (imported_.notes.empty() || imported_.notes.back() != kNote)
      imported_.notes.emplace_back(kNote);
  }

  /// With its {{names}} replaced, those that are not known by variables of the environment.
  std::string filled(std::string_view text) {
    std::string out;
    while (!text.empty()) {
      const std::size_t open = std::min(text.find("{{"), text.size());
      out += as_plain_text(text.substr(0, open));
      text.remove_prefix(open);
      const std::size_t close = text.find("}}");
      if (text.empty() || close == std::string_view::npos) {
        out += text;
        break;
      }
      std::string_view name = trim(text.substr(2, close - 2));
      text.remove_prefix(close + 2);
      const auto known = values_.find(std::string(name));
      if (known != values_.end()) {
        out += known->second;
        continue;
      }
      if (name.starts_with("$processEnv ") || name.starts_with("$dotenv "))
        name = trim(name.substr(name.find(' ')));
      out += to_be_given(imported_, name, fmt::format("{{{{{}}}}} of the file", name));
    }
    return out;
  }

  void end_request() {
    if (part_ != Part::before) finish_request();
    part_ = Part::before;
    headers_.clear();
    url_.clear();
    body_.clear();
    body_file_.clear();
    in_script_ = false;
  }

  /// "{{host}}/users": what is not known of the host is told to `tracetax load`.
  void drop_unknown_host() {
    const std::size_t close = url_.find("}}");
    if (!url_.starts_with("{{") || close == std::string::npos) return;
    if (values_.contains(std::string(trim(std::string_view(url_).substr(2, close - 2))))) return;
    url_.erase(0, close + 2);
    if (!url_.starts_with('/')) url_.insert(0, "/");
  }

  void finish_request() {
    ImportedRequest request;
    request.method = method_;
    drop_unknown_host();
    std::string url = filled(url_);
    for (const auto& [name, value] : headers_) {
      if (url.starts_with('/') && (name == "Host" || name == "host")) url = "http://" + value + url;
    }
    if (!set_url(imported_, request, url)) {
      imported_.notes.push_back(fmt::format("left out: {} {}, to another host", method_, url));
      return;
    }
    for (const auto& [name, value] : headers_) add_header(imported_, request, name, value);
    while (body_.ends_with('\n') || body_.ends_with('\r')) body_.pop_back();
    if (!body_.empty()) {
      const std::string body = filled(body_);
      Json json = Json::parse(body, nullptr, false);
      request.body = json.is_object() || json.is_array() ? std::move(json) : Json(body);
    }
    request.body_file = body_file_;
    add_request(imported_, std::move(request));
  }

  using Json = JsonSource::Json;

  ImportedRequests imported_;
  std::map<std::string, std::string> values_;
  Part part_ = Part::before;
  std::string method_, url_, body_, body_file_;
  std::vector<std::pair<std::string, std::string>> headers_;
  bool in_script_ = false;
};

}  // namespace

Result<ImportedRequests> import_http_file(std::string_view text, const std::string&) {
  return HttpFile().read(text);
}

}  // namespace tracetax
