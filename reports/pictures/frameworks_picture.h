// What tracing costs each framework, the real one beside its emulation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "reports/charts/picture.h"
#include "reports/frameworks/framework_rows.h"

namespace tracetax {

/// Stacked bars of a sampled request: untraced, a and b. Those with the least overhead first, by
/// the real one where there are both. `what` ends its heading: "HTTP". Nothing without any value.
[[nodiscard]] std::optional<Picture> frameworks_picture(const FrameworkRows& rows,
                                                        const std::string& what);

}  // namespace tracetax
