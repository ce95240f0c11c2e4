// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/gate/gate_views.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "harness/cli/plan_text.h"
#include "harness/core/suite/gate_reader.h"
#include "harness/core/suite/kept_processes.h"
#include "harness/core/text/quote.h"
#include "harness/run/progress.h"
#include "reports/words/report.h"
#include "reports/words/sentences.h"
#include "reports/words/verdict_words.h"

namespace tracetax {
namespace {

Status append_to(const char* variable, const std::string& text) {
  const char* path = std::getenv(variable);
  if (path == nullptr || *path == '\0') return {};
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path, "a"), &std::fclose);
  if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fflush(file.get()) != 0) {
    return failure(ExitCode::usage,
                   fmt::format("${}: {} cannot be written", variable, quote(path)));
  }
  return {};
}

/// Of "5%|5us" the 5 us are the larger where off needs less than 100 us.
std::string which_binds(const GateMetric& gated) {
  const Budget& budget = gated.budget;
  if (!budget.absolute || !budget.pct || *budget.pct <= 0 || *budget.absolute <= 0) return "";
  return fmt::format(" ({} where off has less than {}, else {} %)",
                     format_value(gated.metric, *budget.absolute),
                     format_value(gated.metric, 100 * *budget.absolute / *budget.pct), *budget.pct);
}

}  // namespace

std::string describe_plan(const Suite& suite, const GateSpec& gate) {
  std::string text = describe_arms(suite);
  if (const std::string arms = judged_arms(gate); !arms.empty()) text += "  " + arms + '\n';
  for (const GateMetric& gated : gate.metrics) {
    for (const std::string& arm : gate.arms) {
      text += fmt::format("  {} {} of {}: budget {} against off",
                          gated.required ? "required" : "advisory", label_of(gated.metric), arm,
                          format_budget(gated.metric, gated.budget));
      text += which_binds(gated);
      const bool has_base =
          std::ranges::find(suite.arms, base_arm_name(arm), &ArmSpec::name) != suite.arms.end();
      if (has_base) text += fmt::format("; at most {} % worse than base", gated.regress_pct);
      text += '\n';
    }
  }
  for (const Look& look : gate.looks) {
    text += fmt::format(
        "  {} pairs after about {}{}\n", look.pairs,
        format_time_left(time_of_blocks(suite, look.pairs * blocks_per_unit(suite))),
        gate.stop == StopRule::looks ? fmt::format(" (look with alpha {:g})", look.alpha) : "");
  }
  if (gate.stop == StopRule::anytime) {
    text += fmt::format("  may stop after any block (alpha {:g})\n", gate.alpha);
  }
  text += fmt::format("  at most {} blocks, {}, if pairs are lost\n", suite.design.blocks,
                      format_time_left(time_of_blocks(suite, suite.design.blocks)));
  return text;
}

Status tell_github(const RunResult& result, const Analysis& analysis) {
  const Judgement& judgement = *analysis.judgement;
  if (auto told = append_to("GITHUB_STEP_SUMMARY", write_pull_request(result, analysis, {}) + "\n");
      !told)
    return told;
  std::string outputs = fmt::format("verdict={}\n", name_of(judgement.verdict));
  const auto headline = std::ranges::find_if(judgement.tests, [](const GatedTest& test) {
    return test.required && test.question == Question::budget && test.estimate_pct;
  });
  const bool sound = judgement.verdict != Verdict::invalid;
  if (sound && headline != judgement.tests.end())
    outputs += fmt::format("overhead_pct={:.2f}\n", *headline->estimate_pct);
  return append_to("GITHUB_OUTPUT", outputs);
}

}  // namespace tracetax
