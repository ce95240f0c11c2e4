// frameworks.md: the targets of a run side by side, what they come to first and how to read it
// last. What each table holds is framework_tables.h's part.
// SPDX-License-Identifier: Apache-2.0
#include "harness/analysis/fidelity/fidelity.h"
#include "reports/frameworks/fidelity_tables.h"
#include "reports/frameworks/framework_facts.h"
#include "reports/frameworks/framework_sentences.h"
#include "reports/frameworks/framework_tables.h"
#include "reports/frameworks/page.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

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

/// A table for each kind under the heading, with the sentences that explain its order.
template <typename MakeTable>
void add_tables(Page& page, const FrameworkRows& rows, Language language, const MakeTable& table,
                std::vector<std::string> (*explain)(const FrameworkRows&, Language) = nullptr) {
  for (const FrameworkRows& group : by_kind(rows)) {
    page.table(table(group));
    if (explain != nullptr) page.list(explain(group, language));
  }
}

/// Under a heading of its own for HTTP, and one for RPC.
template <typename MakeTable>
void add_by_protocol(Page& page, const FrameworkRows& rows, Language language,
                     std::string_view english, std::string_view chinese, const MakeTable& table,
                     std::vector<std::string> (*explain)(const FrameworkRows&, Language)) {
  for (const bool http : {true, false}) {
    const FrameworkRows some = by_transport(rows, http);
    if (some.empty()) continue;
    page.head("##", std::string(english) + (http ? ": HTTP" : ": gRPC and other RPC"),
              std::string(chinese) + (http ? "：HTTP 框架对比" : "：gRPC 服务对比"));
    add_tables(page, some, language, table, explain);
  }
}

void add_costs(const RunResult& result, const FrameworkRows& rows, Page& page, Language language) {
  add_by_protocol(
      page, rows, language, "What tracing costs", "追踪开销",
      [&](const FrameworkRows& some) { return cost_table(result, some, language); }, explain_cost);
  add_by_protocol(
      page, rows, language, "Speed without tracing", "无追踪时的速度",
      [&](const FrameworkRows& some) { return speed_table(some, language); }, explain_speed);
  if (traced_arms(rows).empty()) return;
  page.head("##", "What tracing takes from capacity (QPS)", "追踪对 QPS 的影响");
  add_tables(
      page, rows, language,
      [&](const FrameworkRows& some) { return capacity_table(result, some, language); },
      explain_capacity);
  page.head("##", "P99 and memory with tracing", "追踪对 P99 与内存的影响");
  add_tables(page, rows, language,
             [&](const FrameworkRows& some) { return tail_table(result, some, language); });
}

void add_spans(const RunResult& result, const FrameworkRows& rows, Page& page, Language language) {
  page.head("##", "Spans and context switches", "span 体量与上下文切换");
  add_tables(page, rows, language,
             [&](const FrameworkRows& some) { return span_table(some, language); });
  page.raw(
      std::string(pick(
          language,
          "Spans are counted at the sink, in the arm that samples most. Attributes, events and "
          "bytes are those of one span; bytes are protobuf without resource and scope, not "
          "compressed. Header bytes are what the driver sends with each request, before HPACK. "
          "Switches are voluntary context switches of the target per request: hand-offs between "
          "threads, and waits.",
          "由接收端统计，取采样率最高的臂；属性、事件与字节均为单个 "
          "span（字节：protobuf，不含 resource 与 "
          "scope，未压缩）。传播头字节按协议计算：负载端所发，HPACK "
          "之前。切换：目标线程的自愿上下文切换（交接与等待），无追踪与采样率最高的臂。")) +
      "\n\n");
  if (traced_arms(rows).empty()) return;
  page.head("###", "Spans per request: expected / received", "每请求 span 数：预期 / 收到");
  add_tables(page, rows, language,
             [&](const FrameworkRows& some) { return spans_by_arm_table(result, some, language); });
}

std::string write_frameworks(const RunResult& result, const Analysis& analysis,
                             const ReportOptions& options) {
  const Language language = language_in(options.choices);
  const FrameworkRows rows = framework_rows(result, analysis, options.describe);
  Page page(language);
  page.head("#", "Frameworks compared: ", "框架对比：", result.suite.name);
  page.list(framework_headlines(rows, language));
  page.list(framework_trust(result, analysis, language));
  page.raw((result.status == RunStatus::complete ? "" : "> ") +
           markdown_text(framework_run_state(result, language)) + "\n\n");
  add_costs(result, rows, page, language);
  page.head("##", "The cost per request, with all intervals: off + a + b x sampling rate",
            "每请求开销及全部区间：off + a + b × 采样率");
  add_tables(
      page, rows, language, [&](const FrameworkRows& some) { return line_table(some, language); },
      explain_line);
  if (const Fidelity fidelity = fidelity_of(result); !fidelity.pairs.empty()) {
    page.head("##", "Real beside emulated", "真实与模拟对比");
    add_fidelity(result, fidelity, page, language);
    page.raw(std::string(pick(language, "Every quantity of every pair: ", "每对的全部数值：")) +
             markdown_code("tracetax report result.json --format fidelity") + "\n\n");
  }
  add_spans(result, rows, page, language);
  page.head("##", "Targets", "目标");
  add_tables(page, rows, language,
             [&](const FrameworkRows& some) { return subject_table(result, some, language); });
  if (!analysis.warnings.empty()) {
    page.head("##", "Warnings", "警告");
    page.list(analysis.warnings);
  }
  page.head("##", "How it was measured", "如何测量");
  page.list(framework_run_facts(result, language));
  page.head("##", "How to read the tables", "如何阅读");
  page.list(framework_legend(result, language));
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
