// The report formats by name, for `tracetax report --format NAME` and `tracetax list formats`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "reports/words/report.h"

namespace tracetax {

[[nodiscard]] std::span<const ReportFormat> report_formats();
/// A usage error with a did-you-mean if there is no such format.
[[nodiscard]] Result<ReportWriter> find_report_format(std::string_view name);

}  // namespace tracetax
