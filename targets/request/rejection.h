// What a stage answers instead of passing a request on: status and text as the framework sends
// them. Plain data; who runs the chain for another protocol maps the status.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "targets/request/exchange.h"

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

}  // namespace tracetax
