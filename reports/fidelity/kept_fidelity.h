// The fidelity record that this program was built with: reports/fidelity/fidelity.json.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "reports/fidelity/fidelity_record.h"

namespace tracetax {

/// As it was when the program was built.
[[nodiscard]] std::string_view kept_fidelity_text();
/// The same, read once. Empty if it cannot be read, which a test forbids.
[[nodiscard]] const FidelityRecord& kept_fidelity();

}  // namespace tracetax
