// SPDX-License-Identifier: Apache-2.0
#include "targets/engine/net_http.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "targets/request/http_text.h"

namespace tracetax {
namespace {

// httpguts.ValidHeaderFieldName
bool is_token(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

// httpguts.ValidHeaderFieldValue
bool may_be_in_value(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

}  // namespace

CancelContext::CancelContext(CancelContext* parent) : parent_(parent) {
  if (parent_ == nullptr) return;
  const std::lock_guard lock(parent_->mutex_);
  parent_->children_.insert(this);
}

CancelContext::~CancelContext() {
  if (parent_ == nullptr) return;
  const std::lock_guard lock(parent_->mutex_);
  parent_->children_.erase(this);
}

NetHttpRequest::NetHttpRequest(const Exchange& exchange, CancelContext& connection)
    : context_(&connection),
      request_headers_(header_map_of(*exchange.headers)),
      url_path_(exchange.path),
      url_query_(exchange.query) {}

std::string_view NetHttpRequest::problem() const {
  for (const auto& [name, values] : request_headers_) {
    if (name.empty() || !std::ranges::all_of(name, is_token)) return "invalid header name";
    for (const std::string& value : values) {
      if (!std::ranges::all_of(value, may_be_in_value)) return "invalid header value";
    }
  }
  return {};
}

void NetHttpRequest::write_header(Exchange& exchange) {
  const auto set = [this](std::string_view name, std::string value) {
    answer_headers_[title_case(name)].push_back(std::move(value));
  };
  if (!exchange.content_type.empty()) set("Content-Type", std::string(exchange.content_type));
  if (!exchange.allow.empty()) set("Allow", std::move(exchange.allow));
  for (AnswerHeader& header : exchange.answer_headers) set(header.name, std::move(header.value));
  const HeaderMap copy = answer_headers_;
  std::vector<const HeaderMap::value_type*> sorted;
  sorted.reserve(copy.size());
  for (const auto& header : copy) sorted.push_back(&header);
  std::ranges::sort(sorted, {}, [](const auto* header) { return std::string_view(header->first); });
  exchange.content_type = {};
  exchange.allow.clear();
  exchange.answer_headers.clear();
  for (const auto* header : sorted) {
    for (const std::string& value : header->second) {
      exchange.answer_headers.push_back({header->first, value});
    }
  }
}

}  // namespace tracetax
