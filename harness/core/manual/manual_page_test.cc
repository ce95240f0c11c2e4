// SPDX-License-Identifier: Apache-2.0
#include "harness/core/manual/manual_page.h"

#include <gtest/gtest.h>

#include <array>

namespace tracetax {
namespace {

TEST(ManualPage, SaysWhatTheOptionsSay) {
  constexpr std::array kExit{ManualEntry{"0", "Done."}};
  const std::string page = write_manual_page(
      {.name = "tool-run",
       .summary = "do it",
       .version = "1.0",
       .line = {.program = "tool run",
                .purpose = "Does it.",
                .usage = "WHAT",
                .groups = {{"Options", {{"o,out", "a folder's path", one_value("DIR", ".")}}},
                           {"More", {{"q,quiet", "say\\write nothing"}}}},
                .examples = {{"tool run .x", "does x"}}},
       .sections = {{"exit status", kExit}},
       .see_also = {"tool", "tool-walk"}});
  EXPECT_EQ(page,
            ".TH TOOL\\-RUN 1 \"2026-12-01\" \"tracetax 1.0\" \"User Commands\"\n"
            ".SH NAME\ntool\\-run \\- do it\n"
            ".SH SYNOPSIS\n.B tool run\n[OPTION...] WHAT\n"
            ".SH DESCRIPTION\nDoes it.\n"
            ".SH OPTIONS\n.TP\n.B \\-o, \\-\\-out DIR\na folder\\(aqs path (default: .)\n"
            ".SS More\n.TP\n.B \\-q, \\-\\-quiet\nsay\\ewrite nothing\n"
            ".SH EXIT STATUS\n.TP\n.B 0\nDone.\n"
            ".SH EXAMPLES\n.TP\n.B tool run .x\ndoes x\n"
            ".SH SEE ALSO\n.BR tool (1),\n.BR tool\\-walk (1)\n");
}

}  // namespace
}  // namespace tracetax
