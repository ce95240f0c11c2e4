// Nothing but the place where headers.h is compiled.
// SPDX-License-Identifier: Apache-2.0
#include "ci/headers.h"
