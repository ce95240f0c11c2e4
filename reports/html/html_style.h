// The style sheet of pages; colours are those of the pictures (reports/charts/chart_style.h).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tracetax {

[[nodiscard]] std::string_view html_style();

}  // namespace tracetax
