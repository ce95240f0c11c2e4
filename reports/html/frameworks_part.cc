// SPDX-License-Identifier: Apache-2.0
#include "reports/html/frameworks_part.h"

#include <algorithm>

#include "harness/analysis/fidelity/fidelity.h"
#include "reports/frameworks/fidelity_tables.h"
#include "reports/frameworks/framework_facts.h"
#include "reports/frameworks/framework_sentences.h"
#include "reports/frameworks/framework_tables.h"
#include "reports/pictures/frameworks_picture.h"

namespace tracetax {
namespace {

constexpr Language kEn = Language::english;

/// For each row its value as a share of the largest.
std::vector<double> bars(const FrameworkRows& rows, const FrameworkOrder& order) {
  std::vector<double> shares;
  for (const RankedRow& ranked : tracetax::ranked(rows, order))
    shares.push_back(std::max(order.value(ranked.row).value_or(0), 0.0));
  const double most = shares.empty() ? 0 : std::ranges::max(shares);
  for (double& share : shares) share = most > 0 ? share / most : 0;
  return shares;
}

void write_costs(const RunResult& result, const FrameworkRows& rows, HtmlPage& page) {
  for (const FrameworkRows& group : by_kind(rows)) {
    page.table(cost_table(result, group, kEn),
               bars(group, by_change(Metric::cpu_per_request, {}, false)));
    page.list(explain_cost(group, kEn));
  }
}

void write_more(const RunResult& result, const FrameworkRows& rows, HtmlPage& page) {
  page.begin_fold("Speed without tracing");
  for (const FrameworkRows& group : by_kind(rows)) {
    page.table(speed_table(group, kEn), bars(group, by_level(Metric::capacity, true)));
    page.list(explain_speed(group, kEn));
  }
  page.end_fold();
  page.begin_fold("What tracing takes from capacity (QPS)");
  for (const FrameworkRows& group : by_kind(rows)) {
    page.table(capacity_table(result, group, kEn));
    page.list(explain_capacity(group, kEn));
  }
  page.end_fold();
  page.begin_fold("P99, memory, and spans");
  for (const FrameworkRows& group : by_kind(rows)) {
    page.table(tail_table(result, group, kEn));
    page.table(span_table(group, kEn));
  }
  page.end_fold();
  page.begin_fold("off, a and b with all intervals");
  for (const FrameworkRows& group : by_kind(rows)) {
    page.table(line_table(group, kEn));
    page.list(explain_line(group, kEn));
  }
  page.end_fold();
}

}  // namespace

void write_frameworks_part(const RunResult& result, const Analysis& analysis,
                           DescribeScenario describe, HtmlPage& page) {
  const FrameworkRows all = framework_rows(result, analysis, describe);
  page.heading(2, "Frameworks");
  for (const bool http : {true, false}) {
    const FrameworkRows rows = by_transport(all, http);
    if (rows.empty()) continue;
    if (const auto picture = frameworks_picture(rows, http ? "HTTP" : "RPC"))
      page.picture(*picture);
    write_costs(result, rows, page);
    write_more(result, rows, page);
  }
  if (const Fidelity fidelity = fidelity_of(result); !fidelity.pairs.empty()) {
    page.heading(3, "Real beside emulated");
    page.table(side_by_side_values(result, fidelity, kEn));
    page.paragraph("How many times as much the real one costs, with 95 % intervals:");
    page.table(fidelity_table(result, fidelity, kEn));
    page.list(factor_sentences(result, fidelity, kEn));
  }
  page.begin_fold("How to read the tables of frameworks");
  page.list(framework_legend(result, kEn));
  page.end_fold();
}

}  // namespace tracetax
