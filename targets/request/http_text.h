// The text around a request: its target split and decoded, the answer's head written.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "targets/request/exchange.h"

namespace tracetax {

struct RequestTarget {
  std::string_view path;
  std::string_view query;
};

/// "/a%20b?c=d" or "http://host/a": the decoded path, which refers to `target` or to `scratch`.
/// Nothing if it is neither a path nor an absolute URL (nor "*"), or has a bad percent-encoding.
[[nodiscard]] std::optional<RequestTarget> split_target(std::string_view target,
                                                        std::string& scratch);

/// "micro-id" becomes "Micro-Id", as Go's http.Header has its names.
[[nodiscard]] std::string title_case(std::string_view name);

enum class ConnectionHeader { none, keep_alive, close };

/// Replaces `out` by the whole answer, without its body if the method is HEAD.
void write_answer(const Exchange& exchange, ConnectionHeader connection, std::string& out);

/// A whole answer to what could not be understood, asking the client to close.
[[nodiscard]] std::string refusal(unsigned status, std::string_view why);

}  // namespace tracetax
