// What the readers of imported_requests.h share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "harness/cli/measure/imported_requests.h"

namespace tracetax {

[[nodiscard]] Result<ImportedRequests> import_openapi(const JsonSource::Json& root);
[[nodiscard]] Result<ImportedRequests> import_har(const JsonSource::Json& root);
[[nodiscard]] Result<ImportedRequests> import_http_file(std::string_view text,
                                                        const std::string& file);

/// "${env:NAME}", noted as to be given; NAME is made of `name`: "X-Api-Key" is X_API_KEY.
[[nodiscard]] std::string to_be_given(ImportedRequests& imported, std::string_view name,
                                      std::string_view what);
/// `text` of a file, so that no ${ in it stands for anything.
[[nodiscard]] std::string as_plain_text(std::string_view text);
/// Adds a header, but for those that the driver writes or that are about one connection. A secret's
/// value is left out: it is to be given, unless it is so already.
void add_header(ImportedRequests& imported, ImportedRequest& request, std::string_view name,
                std::string_view value);
/// The path of a URL with its query, secrets in that left out; sets or checks the origin. False:
/// the request goes to another host than the first.
[[nodiscard]] bool set_url(ImportedRequests& imported, ImportedRequest& request,
                           std::string_view url);
/// JSON as JSON, anything else as text.
[[nodiscard]] JsonSource::Json body_of(std::string_view text);
/// Adds it; one that is there already weighs more.
void add_request(ImportedRequests& imported, ImportedRequest request);

}  // namespace tracetax
