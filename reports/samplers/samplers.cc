// samplers.md, and the same for a terminal: table T3, what it says of common beliefs, how to read
// it.
// SPDX-License-Identifier: Apache-2.0
#include "reports/samplers/samplers.h"

#include "reports/frameworks/page.h"
#include "reports/frameworks/page_end.h"
#include "reports/samplers/sampler_tables.h"
#include "reports/tables/run_facts.h"
#include "reports/words/sentences.h"

namespace tracetax {
namespace {

bool is_of_samplers(const RunResult& result, const Analysis& /*analysis*/,
                    const FormatChoices& /*asked*/) {
  return measures_samplers(result);
}

std::string write_samplers(const RunResult& result, const Analysis& analysis,
                           const ReportOptions& /*options*/) {
  Page page(Language::english);
  page.head("#", "Samplers: ", "", result.suite.name);
  if (!measures_samplers(result)) {
    page.raw(
        "This run has no arm that says what it keeps beside one that keeps everything: `tracetax "
        "run samplers` has.\n");
    return std::move(page).text();
  }
  page.raw((result.status == RunStatus::complete ? "" : "> ") + markdown_text(run_state(result)) +
           "\n\n");
  const std::vector<SamplerCell> cells = sampler_cells(result);
  for (const SamplerCell& cell : cells) {
    const std::string name = cell_name(result, cell.cell);
    page.list({sampler_headline(result, cell)});
    page.head("##", "T3: what it costs, ", "", name);
    page.table(sampler_cost_table(result, cell, SamplerReader::page));
    page.head("##", "T3: traces kept, by class, ", "", name);
    page.table(sampler_kept_table(result, cell, SamplerReader::page));
    page.head("##", "T3: errors at equal stored bytes, ", "", name);
    page.table(sampler_bytes_table(result, cell, SamplerReader::page));
    const std::vector<SamplerClaim> claims = sampler_claims(result, cell);
    if (claims.empty()) continue;
    page.head("##", "What is said of samplers, held against ", "", name);
    page.table(sampler_claim_table(claims));
  }
  page.head("##", "How to read the tables", "");
  page.list(sampler_legend(result, cells.front()));
  end_page(result, analysis, page);
  return std::move(page).text();
}

}  // namespace

std::string samplers_text(const RunResult& result, std::size_t width) {
  const std::vector<SamplerCell> cells = sampler_cells(result);
  std::string out;
  for (const SamplerCell& cell : cells) {
    const std::string name = cell_name(result, cell.cell);
    constexpr auto kReader = SamplerReader::terminal;
    out += "T3, " + name + ", CPU per request and memory:\n\n" +
           text_table(sampler_cost_table(result, cell, kReader), width) + "\nT3, " + name +
           ", traces kept, by class:\n\n" +
           text_table(sampler_kept_table(result, cell, kReader), width) + "\nT3, " + name +
           ", errors at equal stored bytes:\n\n" +
           text_table(sampler_bytes_table(result, cell, kReader), width) + "\n";
    for (const SamplerClaim& claim : sampler_claims(result, cell)) {
      out += wrapped(
          claim.claim + ": " + std::string(name_of(claim.word)) + " (" + claim.because + ").",
          width, "", "  ");
    }
    out += "\n" + wrapped(sampler_headline(result, cell), width, "", "  ");
  }
  if (!cells.empty()) {
    for (const std::string& line : sampler_legend(result, cells.front()))
      out += wrapped(line, width, "", "  ");
  }
  return out + "\n";
}

ReportFormat samplers_format() {
  return {
      "samplers",
      "Markdown: table T3, what samplers cost and which traces they keep",
      {.write = write_samplers, .files = {{.name = "samplers.md", .is_wanted = is_of_samplers}}}};
}

}  // namespace tracetax
