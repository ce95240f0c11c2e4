// Requests found in an OpenAPI description, a HAR or an .http file, and the scenario made of them.
// Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/json/json_source.h"
#include "harness/core/text/error.h"

namespace tracetax {

struct ImportedRequest {
  std::string method = "GET", path = "/";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string user;  // of basic authentication
  std::optional<JsonSource::Json> body;
  std::string body_file;
  int status_low = 0, status_high = 0;  // that is expected; 0: not known
  int weight = 1;
};

/// Texts are those of a scenario: ${env:NAME} stands for what is to be given.
struct ImportedRequests {
  std::string origin;  // "http://host:port"; empty: not known
  std::vector<ImportedRequest> requests;
  std::map<std::string, std::string> to_be_given;  // variable -> what it is
  std::vector<std::string> notes;                  // what was left out or made up
};

/// The three kinds of files, told apart by their content. Errors (usage): none of them, YAML, no
/// request.
[[nodiscard]] Result<ImportedRequests> import_requests(std::string_view text,
                                                       const std::string& file);

/// The scenario as its file will hold it. What all requests share stands once.
[[nodiscard]] JsonSource::Json imported_scenario(const ImportedRequests& imported);

}  // namespace tracetax
