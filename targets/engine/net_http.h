// What Go's net/http does for a request besides parsing it and writing the answer: objects, maps
// and copies that the handler sees. Source: net/http/server.go of Go 1.26 (conn.readRequest,
// response.WriteHeader, chunkWriter.writeHeader), net/textproto/reader.go (readMIMEHeader),
// context/context.go (WithCancel).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "targets/request/header_map.h"

namespace tracetax {

/// context.WithCancel: its parent knows it as long as it lives.
class CancelContext {
 public:
  explicit CancelContext(CancelContext* parent);
  ~CancelContext();
  CancelContext(const CancelContext&) = delete;
  CancelContext& operator=(const CancelContext&) = delete;

 private:
  CancelContext* parent_;
  std::mutex mutex_;
  std::unordered_set<const CancelContext*> children_;
};

/// http.Request and its http.response. One per request, on the heap.
class NetHttpRequest {
 public:
  NetHttpRequest(const Exchange& exchange, CancelContext& connection);

  /// What is wrong with the headers; empty if nothing is.
  [[nodiscard]] std::string_view problem() const;

  /// Turns all headers of the answer into `answer_headers`, in the order in which they are sent:
  /// through a map, the copy of it that WriteHeader makes, and a sort by name.
  void write_header(Exchange& exchange);

 private:
  CancelContext context_;
  HeaderMap request_headers_;
  std::string url_path_;
  std::string url_query_;
  HeaderMap answer_headers_;
};

}  // namespace tracetax
