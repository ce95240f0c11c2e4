// SPDX-License-Identifier: Apache-2.0
#include "reports/fidelity/kept_fidelity.h"

namespace tracetax {

const FidelityRecord& kept_fidelity() {
  static const FidelityRecord kKept =
      read_fidelity_json(kept_fidelity_text(), "fidelity.json").value_or(FidelityRecord{});
  return kKept;
}

}  // namespace tracetax
