// The history of suites as text, Markdown and a page.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "reports/several/trend_parts.h"

namespace tracetax {

[[nodiscard]] std::string write_trend_text(const TrendView& view);
[[nodiscard]] std::string write_trend_markdown(const TrendView& view);
[[nodiscard]] std::string write_trend_html(const TrendView& view);

}  // namespace tracetax
