// What a stage answers instead of passing a request on: status and text as the framework sends
// them. Plain data; who runs the chain for another protocol maps the status.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string_view>

#include "targets/request/exchange.h"
#include "targets/request/json_text.h"

namespace tracetax {

inline constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

/// The content type must be a literal, as the answer refers to it. The text is copied.
struct Rejection {
  unsigned status = 503;
  std::string_view content_type = {};
  std::string_view text = {};
};

inline void reject(Exchange& exchange, const Rejection& rejection) {
  exchange.status = rejection.status;
  exchange.content_type = rejection.content_type;
  exchange.answer.assign(rejection.text);
}

/// kratos' error object, in its JSON, and in its own words as the error.
inline void refuse_as_kratos(unsigned status, std::string_view reason, std::string_view why,
                             Exchange& exchange) {
  exchange.status = status;
  exchange.content_type = "application/json";
  exchange.error =
      fmt::format("error: code = {} reason = {} message = {} metadata = map[] cause = <nil>",
                  status, reason, why);
  exchange.answer = fmt::format(R"({{"code":{},"reason":"{}","message":)", status, reason);
  append_json_string(why, exchange.answer, JsonEscapes::none);
  exchange.answer += R"(,"metadata":{}})";
}

}  // namespace tracetax
