// frameworks.md: the targets of a run side by side. What each table holds is framework_tables.h's
// part.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <set>

#include "harness/analysis/fidelity/fidelity.h"
#include "reports/frameworks/fidelity_tables.h"
#include "reports/frameworks/framework_facts.h"
#include "reports/frameworks/framework_sentences.h"
#include "reports/frameworks/framework_tables.h"
#include "reports/frameworks/page.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

FrameworkRows those(const FrameworkRows& rows, bool http) {
  FrameworkRows found;
  std::ranges::copy_if(rows, std::back_inserter(found),
                       [&](const FrameworkRow& row) { return row.is_http == http; });
  return found;
}

Status check_language(std::string_view name) {
  const auto language = parse_language(name);
  return language ? Status{} : failure(language.error());
}

/// A judged run is about its verdict.
bool compares_frameworks(const RunResult& result, const Analysis& analysis, const FormatChoices&) {
  return !analysis.judgement && has_several_targets(result);
}

bool compares_in_chinese(const RunResult& result, const Analysis& analysis,
                         const FormatChoices& asked) {
  return compares_frameworks(result, analysis, asked) && language_in(asked) == Language::chinese;
}

/// In the order of the rows' own: those that sample most first.
std::vector<int> traced_arms(const FrameworkRows& rows) {
  std::vector<int> arms;
  for (const FrameworkRow& row : rows) {
    for (const ArmRow& traced : row.traced) {
      if (std::ranges::find(arms, traced.arm) == arms.end()) arms.push_back(traced.arm);
    }
  }
  return arms;
}

std::string write_frameworks(const RunResult& result, const Analysis& analysis,
                             const ReportOptions& options) {
  const Language language = language_in(options.choices);
  const FrameworkRows rows = framework_rows(result, analysis, options.describe);
  Page page(language);
  page.head("#", "Frameworks compared: ", "框架对比：", result.suite.name);
  page.raw((result.status == RunStatus::complete ? "" : "> ") +
           markdown_text(framework_run_state(result, language)) + "\n\n");
  page.list(framework_run_facts(result, language));
  page.list(framework_legend(result, language));

  if (const FrameworkRows http = those(rows, true); !http.empty()) {
    page.head("##", "T1 HTTP frameworks", "T1 HTTP 框架对比");
    page.table(framework_table(result, http, language));
    page.sentences(explain_order(http, language));
  }
  if (const FrameworkRows rpc = those(rows, false); !rpc.empty()) {
    page.head("##", "T2 gRPC and other RPC frameworks", "T2 gRPC 服务对比");
    page.table(framework_table(result, rpc, language));
    page.sentences(explain_order(rpc, language));
  }
  const std::vector<int> arms = traced_arms(rows);
  if (!arms.empty()) page.head("##", "T5 What tracing does to each framework", "T5 追踪影响");
  for (const int arm : arms) {
    const std::string& name = result.suite.arms.at(static_cast<std::size_t>(arm)).name;
    page.head("###", "off against ", "无追踪 / ", name);
    page.table(impact_table(result, rows, arm, language));
    page.sentences(explain_impact(rows, arm, language));
  }
  page.head("##", "T8 Spans", "T8 span 体量");
  page.table(span_table(rows, language));
  page.raw(
      std::string(pick(
          language,
          "Counted at the sink, of the arm that samples most; attributes, events and bytes "
          "are those of one span (bytes: protobuf, without resource and scope, not "
          "compressed). Header bytes are computed from the protocol: what the driver "
          "sends, before HPACK. Switches are voluntary ones of the target's threads: hand-offs "
          "and waits, without tracing and in the arm that samples most.",
          "由接收端统计，取采样率最高的臂；属性、事件与字节均为单个 "
          "span（字节：protobuf，不含 resource 与 "
          "scope，未压缩）。传播头字节按协议计算：负载端所发，HPACK "
          "之前。切换：目标线程的自愿上下文切换（交接与等待），无追踪与采样率最高的臂。")) +
      "\n\n");
  if (!arms.empty()) {
    page.head("###", "Spans per request by sampling rate: expected / received",
              "每请求 span 数与采样率：预期 / 收到");
    page.table(spans_by_arm_table(result, rows, language));
  }
  page.head("###", "CPU(r) = off + a + b r", "CPU(r) = off + a + b r");
  page.table(cost_table(rows, language));
  page.sentences(explain_spans(rows, language));
  if (const Fidelity fidelity = fidelity_of(result); !fidelity.pairs.empty()) {
    page.head("##", "T9 Fidelity: real / emulated", "T9 保真度：真实 / 模拟");
    add_fidelity(result, fidelity, page, language);
    page.raw(std::string(pick(language, "Every quantity of every pair: ", "每对的全部数值：")) +
             markdown_code("tracetax report result.json --format fidelity") + "\n\n");
  }
  page.head("##", "Targets", "目标");
  page.table(subject_table(result, rows, language));
  if (!analysis.warnings.empty()) {
    page.head("##", "Warnings", "警告");
    page.list(analysis.warnings);
  }
  page.head("##", "How to reproduce", "如何重现");
  page.raw(markdown_code_block(command_to_repeat(result), "sh"));
  return std::move(page).text();
}

}  // namespace

ReportFormat frameworks_format() {
  return {
      "frameworks",
      "Markdown: the targets side by side, with ranks (--lang en or zh)",
      {.write = write_frameworks,
       .options = {{.name = "lang",
                    .shown = "LANG",
                    .words = {"en", "zh"},
                    .help = "en or zh, of the formats frameworks and fidelity",
                    .help_in_run = "en or zh: zh adds frameworks.zh.md where several targets "
                                   "are compared",
                    .fallback = "en",
                    .check = check_language}},
       .files = {
           {.name = "frameworks.md", .choices = {{"lang", "en"}}, .is_wanted = compares_frameworks},
           {.name = "frameworks.zh.md",
            .choices = {{"lang", "zh"}},
            .is_wanted = compares_in_chinese}}}};
}

}  // namespace tracetax
