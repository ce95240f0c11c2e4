// SPDX-License-Identifier: Apache-2.0
#include "harness/run/tool_facts.h"

#include "generated/harness/run/revision.h"

namespace tracetax {

ToolFacts tool_facts() {
  ToolFacts facts;
  facts.version = TRACETAX_VERSION;
  facts.git_revision = kGitRevision;
#if defined(__clang__)
  facts.compiler =
      fmt::format("clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  facts.compiler = fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
  facts.build_type = TRACETAX_BUILD_TYPE;
#if defined(TRACETAX_SANITIZED)
  facts.sanitized = true;
#endif
  return facts;
}

}  // namespace tracetax
