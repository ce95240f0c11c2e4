// SPDX-License-Identifier: Apache-2.0
#include "reports/samplers/sampler_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/core/text/units.h"
#include "reports/samplers/sampler_words.h"

namespace tracetax {
namespace {

constexpr std::array kBudgets = {0.01, 0.05, kHeadlineBudget, 0.25};
constexpr double kMiB = 1.0 / (1024 * 1024);

std::string name_of_row(const RunResult& result, const SamplerRow& row) {
  const std::string& name = result.suite.arms[static_cast<std::size_t>(row.arm)].name;
  return row.valid == row.measured ? name
                                   : fmt::format("{} ({} of {})", name, row.valid, row.measured);
}

/// Only arms that export keep anything.
bool keeps_traces(const SamplerCell& cell, const SamplerRow& row) {
  return row.place != SamplerPlace::none || cell.full == row.arm;
}

std::string_view name_of(SamplerPlace place) {
  switch (place) {
    case SamplerPlace::none:
      return "-";
    case SamplerPlace::caller:
      return "caller";
    case SamplerPlace::service:
      return "service";
    case SamplerPlace::behind:
      return "behind it";
  }
  return "";
}

std::string milliseconds(const PairedAmount& amount, bool interval) {
  if (interval) return more_text(amount, "ms");
  if (!amount.more) return "-";
  const std::string text = format_number(*amount.more) + " ms";
  const bool told = amount.is_more() || amount.is_less() || !amount.interval;
  return told ? text : "~ " + text;
}

std::string against_fixed(const RecallAtBudget& recall) {
  if (recall.low > recall.budget) return "more";
  return recall.high < recall.budget ? "fewer" : "as many";
}

std::string recall_text(const RecallAtBudget& recall) {
  return format_amount(100 * recall.value,
                       {.low = 100 * recall.low, .high = 100 * recall.high, .level = 0.95}, "%");
}

std::vector<RequestClass> classes_of(const SamplerCell& cell) {
  std::vector<RequestClass> all;
  for (std::size_t i = 1; i <= kRequestClasses; ++i) {  // normal is the last
    const auto of = static_cast<RequestClass>(i % kRequestClasses);
    if (std::ranges::any_of(cell.rows, [of](const auto& row) { return row.kept(of) != nullptr; }))
      all.push_back(of);
  }
  return all;
}

}  // namespace

Table sampler_cost_table(const RunResult& result, const SamplerCell& cell, SamplerReader reader) {
  const bool page = reader == SamplerReader::page;
  Table table{{{"arm"},
               {"client CPU", true, 2},
               {"more than off", true},
               {page ? "of what stands behind it, more" : "behind it, more", true},
               {"client memory", true, 1}},
              {}};
  if (page) {
    table.columns.insert(table.columns.begin() + 1, {"who decides"});
    table.columns.push_back({"memory behind it", true});
  }
  for (const SamplerRow& row : cell.rows) {
    const bool off = row.arm == 0;
    std::vector<std::string> line{name_of_row(result, row), own_text(row.client_cpu, "us"),
                                  off ? "-" : more_text(row.client_cpu, "us"),
                                  off ? "-" : more_text(row.stage_cpu, "us"),
                                  own_text(row.client_memory, "MiB", kMiB)};
    if (page) {
      line.insert(line.begin() + 1, std::string(name_of(row.place)));
      line.push_back(own_text(row.stage_memory, "MiB", kMiB));
    }
    table.rows.push_back(std::move(line));
  }
  return table;
}

Table sampler_kept_table(const RunResult& result, const SamplerCell& cell, SamplerReader reader) {
  const bool page = reader == SamplerReader::page;
  const std::vector<RequestClass> classes = classes_of(cell);
  Table table{{{"arm"}}, {}};
  for (const RequestClass of : classes)
    table.columns.push_back({fmt::format("{} %", tracetax::name_of(of)), true});
  table.columns.push_back({"whole %", true});
  for (const SamplerRow& row : cell.rows) {
    if (!keeps_traces(cell, row)) continue;
    auto& line = table.rows.emplace_back(std::vector{name_of_row(result, row)});
    for (const RequestClass of : classes) {
      const ClassKept* kept = row.kept(of);
      const Share recall = kept == nullptr ? Share{} : kept->recall();
      std::string text =
          page || of == RequestClass::error ? share_text(recall) : bare_share(recall);
      if (const auto unit = text.find(" %"); unit != text.npos) text.erase(unit, 2);
      line.push_back(std::move(text));
    }
    line.push_back(bare_share(share_of(row.came_whole, row.came_whole + row.came_part)));
  }
  return table;
}

Table sampler_bytes_table(const RunResult& result, const SamplerCell& cell, SamplerReader reader) {
  const bool page = reader == SamplerReader::page;
  Table table{{{"arm"}, {"bytes/request", true}}, {}};
  if (page) table.columns.push_back({"of what all take", true});
  for (const double budget : kBudgets) {
    const bool headline = budget == kHeadlineBudget;
    table.columns.push_back(
        {fmt::format("{}at {:.0f} %", headline ? "errors kept " : "", 100 * budget), true,
         headline ? 0 : 1});
  }
  table.columns.push_back({"than a ratio", false});
  table.columns.push_back({"error share", true, page ? 0 : 2});
  table.columns.push_back({"delay p50", true, page ? 0 : 3});
  table.columns.push_back({"delay p99", true, page ? 0 : 1});
  const SamplerRow* full = full_row(cell);
  for (const SamplerRow& row : cell.rows) {
    if (!keeps_traces(cell, row)) continue;
    auto& line = table.rows.emplace_back(std::vector{name_of_row(result, row)});
    line.push_back(page && row.bytes.interval ? more_text(row.bytes, "B")
                                              : own_text(row.bytes, "B"));
    if (page) {
      const bool both = full != nullptr && row.bytes.value && full->bytes.value.value_or(0) > 0;
      line.push_back(both ? format_number(100 * *row.bytes.value / *full->bytes.value) + " %"
                          : "-");
    }
    for (const double budget : kBudgets) {
      const auto recall = recall_at(cell, row, RequestClass::error, budget);
      const bool wide = page || budget == kHeadlineBudget;
      line.push_back(!recall ? "-"
                     : wide  ? recall_text(*recall)
                             : format_number(100 * recall->value) + " %");
    }
    const auto headline = recall_at(cell, row, RequestClass::error, kHeadlineBudget);
    line.push_back(headline ? against_fixed(*headline) : "-");
    const auto factor = error_share_factor(row);
    line.push_back(!factor ? "-"
                   : page  ? format_amount(factor->value,
                                           {.low = factor->low, .high = factor->high, .level = 0.95},
                                           "x")
                           : format_number(factor->value) + " x");
    const bool is_full = cell.full == row.arm;
    line.push_back(is_full ? own_text(row.delay_p50, "ms") : milliseconds(row.delay_p50, page));
    line.push_back(is_full ? own_text(row.delay_p99, "ms") : milliseconds(row.delay_p99, page));
  }
  return table;
}

Table sampler_claim_table(const std::vector<SamplerClaim>& claims) {
  Table table{{{"what is said"}, {"here"}, {"because"}}, {}};
  for (const SamplerClaim& claim : claims)
    table.rows.push_back({claim.claim, std::string(name_of(claim.word)), claim.because});
  return table;
}

std::string sampler_headline(const RunResult& result, const SamplerCell& cell) {
  const SamplerRow* best = nullptr;
  std::optional<RecallAtBudget> most;
  for (const SamplerRow& row : cell.rows) {
    if (row.place == SamplerPlace::none) continue;
    const auto recall = recall_at(cell, row, RequestClass::error, kHeadlineBudget);
    if (!recall || (most && recall->low <= most->low)) continue;
    most = recall;
    best = &row;
  }
  if (best == nullptr) return "No arm tells how many of the errors it keeps.";
  const std::string& arm = result.suite.arms[static_cast<std::size_t>(best->arm)].name;
  const std::string ratio = fmt::format("a fixed ratio keeps {:.0f} %", 100 * most->budget);
  if (most->low <= most->budget) {
    return fmt::format(
        "At equal stored bytes, a tenth of what all take, no arm surely keeps more "
        "of the traces of errors than {}.",
        ratio);
  }
  return fmt::format(
      "At equal stored bytes, a tenth of what all take, {} keeps most of the traces "
      "of errors: {}; {}.",
      arm, recall_text(*most), ratio);
}

std::vector<std::string> sampler_legend(const RunResult& result, const SamplerCell& cell) {
  const std::string all =
      cell.full ? result.suite.arms[static_cast<std::size_t>(*cell.full)].name : "none of the arms";
  return {
      "more than off: CPU per request, block by block, with the exact signed-rank interval over "
      "blocks, 95 %; ~ is not told from 0. Companions are up in every arm, used or not, so what "
      "one "
      "costs an arm is what it takes more than in off.",
      "class %: of the traces of such requests that were sent, how many came whole; \"normal\" are "
      "kept without need. [low, high] is Clopper-Pearson's, 95 %, over the traces of all valid "
      "segments. It takes traces as drawn one by one; a sampler that changes its rate scatters "
      "more.",
      "whole %: of the traces that came, also in segments that are void for their receipt alone.",
      fmt::format("bytes/request: payloads as they arrived at the sink, compressed only if the "
                  "sender compresses. What all take is what {} stores.",
                  all),
      "errors kept at 10 %: the recall of errors when every arm is brought to a tenth of these "
      "bytes: one that stores more is thinned at random, one that stores less fills up at random "
      "with what it dropped. A fixed ratio then has 10 %, and \"than a ratio\" says whether an arm "
      "keeps more. The interval is that of the recall, carried through.",
      "error share: who counts errors among the traces kept, and scales up, finds so many times "
      "their true share.",
      fmt::format("delay: how much later than in {} a span arrives; of that arm itself, from its "
                  "end to its arrival.",
                  all)};
}

}  // namespace tracetax
