// The format `verdict-csv`: one line per test of the gate, with everything that its verdict rests
// on but the data. Only the titles where nothing was judged.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/suite/gate_reader.h"
#include "reports/tables/cell_parts.h"
#include "reports/tables/csv_line.h"
#include "reports/words/report.h"

namespace tracetax {
namespace {

std::string test_line(const RunResult& result, const Judgement& judgement, const GatedTest& test) {
  const auto end_of = [](const std::optional<Interval>& interval, double Interval::*end) {
    return interval ? std::optional((*interval).*end) : std::nullopt;
  };
  std::vector<std::string> looks;
  for (const LookResult& look : test.looks) {
    looks.push_back(
        fmt::format("{}:{}:{}:{}", look.look.pairs, look.look.alpha, look.p_fail, look.p_pass));
  }
  CsvLine line;
  line.text(result.run_id).text(name_of(judgement.verdict));
  line.text(target_name(result, test.cell)).text(scenario_name(result, test.cell));
  line.text(name_of(test.metric)).text(unit_of(test.metric)).text(name_of(test.question));
  line.text(test.arm).text(test.reference).text(test.required ? "required" : "advisory");
  line.text(name_of(test.verdict)).text(format_budget(test.metric, test.budget));
  line.number(test.bound).text(test.absolute ? "absolute" : "percent");
  line.whole(test.pairs).whole(test.pairs_usable).whole(test.pairs_void).whole(test.pairs_lacking);
  line.number(test.reference_value).number(test.arm_value).number(test.estimate_pct);
  line.number(end_of(test.interval_pct, &Interval::low));
  line.number(end_of(test.interval_pct, &Interval::high));
  line.number(end_of(test.interval_pct, &Interval::level));
  line.number(test.estimate).number(end_of(test.interval, &Interval::low));
  line.number(end_of(test.interval, &Interval::high)).number(test.ratio_of_means_pct);
  line.text(fmt::format("{}", fmt::join(looks, " ")));
  line.number(test.p_fail).number(test.p_fail_holm).number(test.p_pass).number(test.detectable_pct);
  line.text(test.pairs_needed ? std::to_string(*test.pairs_needed) : "").text(test.reason);
  return line.end();
}

std::string write_verdict_csv(const RunResult& result, const Analysis& analysis,
                              const ReportOptions&) {
  std::string out =
      "run_id,overall,target,scenario,metric,unit,question,arm,reference,kind,verdict,budget,bound,"
      "bound_is,pairs,pairs_usable,pairs_void,pairs_lacking,reference_value,arm_value,estimate_pct,"
      "low_pct,high_pct,level,estimate,low,high,ratio_of_means_pct,looks,p_fail,p_fail_holm,p_pass,"
      "mde80_pct,pairs_needed,reason\n";
  if (!analysis.judgement) return out;
  for (const GatedTest& test : analysis.judgement->tests) {
    out += test_line(result, *analysis.judgement, test);
  }
  return out;
}

}  // namespace

ReportFormat verdict_csv_format() {
  return {"verdict-csv", "one line per test of the gate", {.write = write_verdict_csv}};
}

}  // namespace tracetax
