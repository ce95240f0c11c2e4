// The report formats by name, for `tracetax report --format NAME` and `tracetax list formats`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "harness/core/text/catalog.h"
#include "reports/words/report.h"

namespace tracetax {

using ReportFormat = CatalogEntry<WriteReport>;
[[nodiscard]] std::span<const ReportFormat> report_formats();
/// A usage error with a did-you-mean if there is no such format.
[[nodiscard]] Result<WriteReport> find_report_format(std::string_view name);

}  // namespace tracetax
