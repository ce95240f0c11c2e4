// `tracetax --version`, and with --verbose what this build is made of and can do here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"

namespace tracetax {

/// `argv[0]` is "--version" itself.
Result<ExitCode> version_command(int argc, char** argv);

}  // namespace tracetax
