// The numbers of table T3 as CSV: a line for each cell, arm and quantity.
// SPDX-License-Identifier: Apache-2.0
#include "reports/samplers/sampler_rows.h"
#include "reports/tables/csv_line.h"
#include "reports/words/report.h"

namespace tracetax {
namespace {

class SamplerLines {
 public:
  SamplerLines(const RunResult& result, const SamplerCell& cell, const SamplerRow& row)
      : run_(result.run_id),
        cell_(cell_name(result, cell.cell)),
        arm_(result.suite.arms[static_cast<std::size_t>(row.arm)].name) {}

  void line(std::string_view quantity, std::string_view of, std::string_view unit,
            std::optional<double> value, std::optional<double> low, std::optional<double> high,
            std::string_view count) {
    CsvLine line;
    line.text(run_).text(cell_).text(arm_).text(quantity).text(of).text(unit);
    text += line.number(value).number(low).number(high).text(count).end();
  }
  /// The arm's own value, and by how much it is more.
  void amount(std::string_view quantity, std::string_view unit, const PairedAmount& amount) {
    const std::string blocks = std::to_string(amount.blocks);
    line(quantity, "", unit, amount.value, {}, {}, blocks);
    std::optional<double> low, high;
    if (amount.interval) {
      low = amount.interval->low;
      high = amount.interval->high;
    }
    line(quantity, "more", unit, amount.more, low, high, blocks);
  }
  void share(std::string_view quantity, std::string_view of, const Share& share) {
    const bool known = share.all > 0;
    const auto if_known = [known](double value) {
      return known ? std::optional(value) : std::nullopt;
    };
    line(quantity, of, "1", if_known(share.value), if_known(share.low), if_known(share.high),
         std::to_string(share.all));
  }

  std::string text;

 private:
  std::string run_, cell_, arm_;
};

std::string write_samplers_csv(const RunResult& result, const Analysis& /*analysis*/,
                               const ReportOptions& /*options*/) {
  std::string out = "run_id,cell,arm,quantity,of,unit,value,low,high,n\n";
  if (!measures_samplers(result)) return out;
  for (const SamplerCell& cell : sampler_cells(result)) {
    for (const SamplerRow& row : cell.rows) {
      SamplerLines lines(result, cell, row);
      lines.amount("client_cpu", "us", row.client_cpu);
      lines.amount("companion_cpu", "us", row.stage_cpu);
      lines.amount("client_memory", "B", row.client_memory);
      lines.amount("companion_memory", "B", row.stage_memory);
      lines.amount("bytes_per_request", "B", row.bytes);
      lines.amount("delay_p50", "ms", row.delay_p50);
      lines.amount("delay_p99", "ms", row.delay_p99);
      lines.share("whole_traces", "", share_of(row.came_whole, row.came_whole + row.came_part));
      for (const ClassKept& kept : row.classes)
        lines.share("recall", name_of(kept.of), kept.recall());
      if (const auto factor = error_share_factor(row))
        lines.line("error_share_factor", "", "1", factor->value, factor->low, factor->high,
                   std::to_string(factor->all));
      for (const ClassKept& kept : row.classes) {
        for (const double budget : {0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5}) {
          const auto recall = recall_at(cell, row, kept.of, budget);
          if (!recall) continue;
          lines.line(fmt::format("recall_at_{:g}", budget), name_of(kept.of), "1", recall->value,
                     recall->low, recall->high, std::to_string(kept.sent));
        }
      }
      out += lines.text;
    }
  }
  return out;
}

}  // namespace

ReportFormat samplers_csv_format() {
  return {"samplers-csv",
          "the same as numbers, one line per arm and quantity",
          {.write = write_samplers_csv}};
}

}  // namespace tracetax
