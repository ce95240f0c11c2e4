// The formats fidelity (every quantity of every pair) and fidelity-json (what later reports say
// beside emulations).
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "harness/analysis/fidelity/fidelity.h"
#include "reports/fidelity/kept_fidelity.h"
#include "reports/frameworks/fidelity_tables.h"
#include "reports/frameworks/framework_facts.h"
#include "reports/frameworks/page.h"

namespace tracetax {
namespace {

/// Why ratios are missing, once per reason and pair.
std::vector<std::string> missing_ratios(const RunResult& result, const FidelityPair& pair) {
  std::map<std::string, std::string> by_reason;
  for (const FidelityRatio& ratio : pair.ratios) {
    if (ratio.reason.empty()) continue;
    std::string& quantities = by_reason[ratio.reason];
    quantities += (quantities.empty() ? "" : ", ") + id_of(result.suite, ratio.quantity);
  }
  std::vector<std::string> sentences;
  for (const auto& [reason, quantities] : by_reason)
    sentences.push_back(fmt::format("no ratio of {}: {}", quantities, reason));
  return sentences;
}

std::vector<std::string> how_to_read(Language language) {
  if (language == Language::chinese) {
    return {
        "比值：真实 / 模拟，区组内配对，Hodges-Lehmann 估计与 95 % 区间；每个区组包含全部目标。",
        "CPU(r) = off + a + b r：a 为每个请求、b 为每个被采样请求的开销。CPU "
        "开销：每请求 CPU 相对 off 的变化。",
        "切换：每请求自愿上下文切换。off2：off 再测一次，与 off 相差的区间远端，真实 / 模拟。",
        "每请求发出的线上字节未记录，因此没有。"};
  }
  return {
      "A ratio is real / emulated. It is paired within blocks, which hold all targets: the "
      "Hodges-Lehmann estimate and its 95 % interval.",
      "a is what tracing adds to every request, b what it adds to a sampled one on top. Overhead "
      "is "
      "the change of CPU per request against off.",
      "Switches are voluntary context switches per request.",
      "off2 is off once more. The column shows the further end of its interval against off, real / "
      "emulated: that is the noise.",
      "(4 of 9): only 4 of 9 blocks gave this value, and an interval takes 6.",
      "Wire bytes per request are not in the record, so they are left out."};
}

std::string write_fidelity(const RunResult& result, const Analysis& analysis,
                           const ReportOptions& options) {
  const Language language = language_in(options.choices);
  const Fidelity fidelity = fidelity_of(result);
  Page page(language);
  page.head("#",
            "Fidelity: real frameworks beside their emulations: ", "保真度：真实框架与模拟对比：",
            result.suite.name);
  page.raw(markdown_text(framework_run_state(result, language)) + "\n\n");
  if (fidelity.pairs.empty()) {
    page.raw(std::string(pick(language,
                              "This run has no pair of a real framework and its emulation. "
                              "`tracetax run frameworks --pair` measures all of them.",
                              "本次运行没有真实框架与模拟的配对。`tracetax run frameworks --pair` "
                              "测量全部配对。")) +
             "\n");
    return std::move(page).text();
  }
  add_fidelity(result, fidelity, page, language);
  for (const FidelityPair& pair : fidelity.pairs) {
    page.head("###", "", "", pair.name);
    page.table(pair_table(result, pair, language));
    page.list(missing_ratios(result, pair));
  }
  if (!analysis.warnings.empty()) {
    page.head("##", "Warnings", "警告");
    page.list(analysis.warnings);
  }
  page.head("##", "How it was measured", "如何测量");
  page.list(framework_run_facts(result, language));
  page.head("##", "How to read the tables", "如何阅读");
  page.list(how_to_read(language));
  return std::move(page).text();
}

std::string write_fidelity_record(const RunResult& result, const Analysis&, const ReportOptions&) {
  return write_fidelity_json(with_run(kept_fidelity(), result, fidelity_of(result)));
}

}  // namespace

ReportFormat fidelity_format() {
  return {"fidelity",
          "Markdown: real frameworks beside their emulations (--lang en or zh)",
          {.write = write_fidelity}};
}

ReportFormat fidelity_json_format() {
  return {"fidelity-json",
          "the ratios of real to emulated, to keep as reports/fidelity/fidelity.json",
          {.write = write_fidelity_record}};
}

}  // namespace tracetax
