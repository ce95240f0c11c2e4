// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/kept_processes.h"

#include <algorithm>

#include "harness/core/suite/suite_writer.h"

namespace tracetax {

bool keeps_processes(const Suite& suite) { return suite.design.processes == Processes::kept; }

int blocks_per_unit(const Suite& suite) {
  return keeps_processes(suite) ? suite.design.fresh_every : 1;
}

bool can_keep_processes(const Suite& suite) {
  return !suite.sink_port && !suite.sink_grpc_port &&
         std::ranges::find(suite.targets, TargetKind::attached, &TargetSpec::kind) ==
             suite.targets.end();
}

void keep_processes(Suite& suite, int launches) {
  Design& design = suite.design;
  design.processes = Processes::kept;
  design.blocks = std::max(design.blocks, launches * design.fresh_every);
  suite.resolved = resolved_form(suite);
}

}  // namespace tracetax
