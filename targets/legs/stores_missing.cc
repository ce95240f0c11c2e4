// What stands for stores.cc in a build without client libraries (TRACETAX_LEGS=OFF): packages are
// linked from static archives, and Debian's libpq and libmongoc need libraries that have none.
// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/leg.h"

namespace tracetax {

Result<std::unique_ptr<Store>> make_store(const StoreLeg& leg, const LegAddress&) {
  return failure(ExitCode::usage,
                 fmt::format("store '{}': this tracetax-target was built without the client "
                             "libraries of stores (TRACETAX_LEGS=OFF, as packages are); build it "
                             "from source on Debian to run this topology",
                             leg.name));
}

}  // namespace tracetax
