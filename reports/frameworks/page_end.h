// What pages in English end with: warnings, how it was measured, how to do it again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/analysis/comparison.h"
#include "reports/frameworks/page.h"
#include "reports/tables/run_facts.h"
#include "reports/words/sentences.h"

namespace tracetax {

inline void end_page(const RunResult& result, const Analysis& analysis, Page& page) {
  if (!analysis.warnings.empty()) {
    page.head("##", "Warnings", "");
    page.list(analysis.warnings);
  }
  page.head("##", "How it was measured", "");
  page.list(design_items(result));
  page.table(environment_table(result));
  page.head("##", "How to reproduce", "");
  page.raw(markdown_code_block(command_to_repeat(result), "sh"));
}

}  // namespace tracetax
