// `tracetax selftest`: can the gate be trusted on this machine, and is it able to fail?
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"

namespace tracetax {

Result<ExitCode> selftest_command(int argc, char** argv);

}  // namespace tracetax
