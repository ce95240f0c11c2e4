// CPU that is burnt beside the requests, as an exporter's thread does: a known cost on another
// thread, for checking that a meter of the whole process recovers it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/units.h"

namespace tracetax {

/// Owes so much more CPU. One thread of the process, begun with the first call, pays within some 20
/// milliseconds. Its clock counts its own waking too, so what it takes in all is what was owed, as
/// long as that is more than its waking takes. Costs the caller one addition.
void burn_beside(Nanos work);

}  // namespace tracetax
