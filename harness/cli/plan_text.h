// What a run would do and how long it would take: the text of --dry-run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "harness/core/suite/suite.h"

namespace tracetax {

/// One line: the arms, and what happens in each block.
[[nodiscard]] std::string describe_arms(const Suite& suite);

/// The whole plan of `tracetax run`: arms, cells, blocks and the wall time.
[[nodiscard]] std::string describe_run(const Suite& suite, int spare_blocks);

/// The wall time of so many blocks of `suite`, as planned, if nothing is lost.
[[nodiscard]] Nanos time_of_blocks(const Suite& suite, int blocks);

}  // namespace tracetax
