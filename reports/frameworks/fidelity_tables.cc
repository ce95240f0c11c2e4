// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/fidelity_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/analysis/pairs/pairing.h"
#include "harness/core/text/units.h"
#include "reports/frameworks/framework_cells.h"

namespace tracetax {
namespace {

/// "CPU off", "overhead on@100%".
std::string quantity_name(const RunResult& result, const FidelityQuantity& quantity,
                          Language language) {
  const std::string& arm = result.suite.arms.at(static_cast<std::size_t>(quantity.arm)).name;
  switch (quantity.kind) {
    case FidelityKind::cpu_off:
      return std::string(pick(language, "CPU untraced", "CPU 无追踪"));
    case FidelityKind::a:
      return "a";
    case FidelityKind::b:
      return "b";
    case FidelityKind::overhead:
      return std::string(pick(language, "overhead ", "CPU 开销 ")) + arm;
    case FidelityKind::capacity:
      return std::string(pick(language, "capacity ", "容量 ")) + arm;
    case FidelityKind::memory:
      return std::string(pick(language, "memory ", "内存 ")) + arm;
    case FidelityKind::switches:
      return std::string(pick(language, "switches ", "切换 ")) + arm;
  }
  return "";
}

/// `measured`: blocks of the run, for where too few are left.
std::string side_cell(FidelityKind kind, const FidelitySide& side, int measured,
                      Language language) {
  const Level level{
      .blocks = side.blocks, .measured = measured, .value = side.value, .interval = side.interval};
  switch (kind) {
    case FidelityKind::cpu_off:
      return level_cell(Metric::cpu_per_request, level, language);
    case FidelityKind::capacity:
      return level_cell(Metric::capacity, level, language);
    case FidelityKind::memory:
      return level_cell(Metric::rss_peak, level, language);
    default:
      break;
  }
  if (!side.value || !side.interval) return why_no_number(side.blocks, measured, language);
  if (kind == FidelityKind::overhead) return format_effect(*side.value, *side.interval);
  return kind == FidelityKind::switches ? format_amount(*side.value, *side.interval, "")
                                        : amount_cell(*side.value, *side.interval);
}

std::string ratio_cell(const FidelityRatio& ratio, int measured, Language language) {
  if (ratio.ratio && ratio.interval) return format_amount(*ratio.ratio, *ratio.interval, "");
  if (ratio.blocks < kFewestFidelityBlocks) return why_no_number(ratio.blocks, measured, language);
  return std::string(pick(language, "emulated not told from 0", "模拟值与 0 无法区分"));
}

/// Empty where it does not apply.
std::string floor_cell(const FidelityRatio& ratio, Language language) {
  const auto half = [language](const std::optional<double>& floor) {
    if (!floor) return number_cell({}, language);
    return *floor < 0.1 ? fmt::format("±{:.2g}", 100 * *floor)
                        : fmt::format("±{:.0f}", 100 * *floor);
  };
  if (!ratio.real.floor && !ratio.emulated.floor) return "";
  return half(ratio.real.floor) + " / " + half(ratio.emulated.floor) + " %";
}

/// Places in Fidelity::quantities of what the first table shows.
std::vector<std::size_t> headline_quantities(const RunResult& result, const Fidelity& fidelity) {
  std::vector<std::size_t> places;
  std::optional<std::size_t> most;
  for (std::size_t i = 0; i < fidelity.quantities.size(); ++i) {
    const FidelityQuantity& quantity = fidelity.quantities[i];
    const auto rate = [&](std::size_t place) {
      return result.suite.arms.at(static_cast<std::size_t>(fidelity.quantities[place].arm)).rate;
    };
    if (quantity.kind == FidelityKind::cpu_off || quantity.kind == FidelityKind::a ||
        quantity.kind == FidelityKind::b) {
      places.push_back(i);
    } else if (quantity.kind == FidelityKind::overhead && (!most || rate(i) > rate(*most))) {
      most = i;
    }
  }
  if (most) places.push_back(*most);
  return places;
}

/// 0: not known.
double rate_of(const RunResult& result, int cell) {
  const auto index = static_cast<std::size_t>(cell);
  return index < result.cell_rates.size() ? result.cell_rates[index] : 0;
}

/// Blocks of a pair; launches, where processes are kept.
int measured_blocks(const RunResult& result, const FidelityPair& pair) {
  return static_cast<int>(CellSegments(result, pair.real).units().size());
}

Column right(std::string title) { return {.title = std::move(title), .right = true}; }

bool is_aimed_at(FidelityKind kind) {
  return kind == FidelityKind::cpu_off || kind == FidelityKind::a || kind == FidelityKind::b;
}

}  // namespace

Table side_by_side_values(const RunResult& result, const Fidelity& fidelity, Language language) {
  Table table;
  table.columns = {{.title = std::string(pick(language, "framework", "框架"))}};
  const std::vector<std::size_t> places = headline_quantities(result, fidelity);
  for (const std::size_t place : places) {
    const std::string name = quantity_name(result, fidelity.quantities[place], language);
    table.columns.push_back(right(say(language, "{}: real", "{}：真实", name)));
    table.columns.push_back(right(std::string(pick(language, "emulated", "模拟"))));
  }
  for (const FidelityPair& pair : fidelity.pairs) {
    const int measured = measured_blocks(result, pair);
    std::vector<std::string>& cells = table.rows.emplace_back(1, pair.name);
    for (const std::size_t place : places) {
      for (const FidelitySide* side : {&pair.ratios[place].real, &pair.ratios[place].emulated}) {
        const FidelityKind kind = pair.ratios[place].quantity.kind;
        cells.push_back(value_in(side_cell(kind, *side, measured, language)));
      }
    }
  }
  return table;
}

Table fidelity_table(const RunResult& result, const Fidelity& fidelity, Language language) {
  Table table;
  table.columns = {{.title = std::string(pick(language, "real / emulated", "真实 / 模拟"))}};
  const std::vector<std::size_t> places = headline_quantities(result, fidelity);
  for (const std::size_t place : places)
    table.columns.push_back(right(quantity_name(result, fidelity.quantities[place], language)));
  for (const FidelityPair& pair : fidelity.pairs) {
    std::vector<std::string>& cells = table.rows.emplace_back(1, pair.name);
    for (const std::size_t place : places)
      cells.push_back(ratio_cell(pair.ratios[place], measured_blocks(result, pair), language));
  }
  return table;
}

Table pair_table(const RunResult& result, const FidelityPair& pair, Language language) {
  Table table;
  table.columns = {{.title = std::string(pick(language, "quantity", "数值"))},
                   right(std::string(pick(language, "real", "真实"))),
                   right(std::string(pick(language, "emulated", "模拟"))),
                   right(std::string(pick(language, "ratio", "比值"))),
                   right(std::string(pick(language, "off2", "off2")))};
  const int measured = measured_blocks(result, pair);
  for (const FidelityRatio& ratio : pair.ratios) {
    table.rows.push_back({quantity_name(result, ratio.quantity, language),
                          side_cell(ratio.quantity.kind, ratio.real, measured, language),
                          side_cell(ratio.quantity.kind, ratio.emulated, measured, language),
                          ratio_cell(ratio, measured, language), floor_cell(ratio, language)});
  }
  table.rows.push_back({std::string(pick(language, "offered rate", "请求速率")),
                        rate_cell(rate_of(result, pair.real), language),
                        rate_cell(rate_of(result, pair.emulated), language), "", ""});
  return table;
}

std::string rate_caution(const RunResult& result, const Fidelity& fidelity, Language language) {
  constexpr double kSameRate = 1.05;
  std::vector<std::string> different;
  for (const FidelityPair& pair : fidelity.pairs) {
    const double real = rate_of(result, pair.real), emulated = rate_of(result, pair.emulated);
    if (real <= 0 || emulated <= 0) continue;
    if (std::max(real, emulated) < kSameRate * std::min(real, emulated)) continue;
    different.push_back(
        fmt::format("{} ({}, {})", pair.name, format_rate(real), format_rate(emulated)));
  }
  if (different.empty()) return "";
  return say(
      language,
      "Real and emulated had different rates, and CPU per request changes with the rate: {}. "
      "With --set load.rate=4k/s both have the same.",
      "真实与模拟的请求速率不同，而每请求 CPU 随速率变化：{}。用 --set load.rate=4k/s "
      "令两者相同。",
      fmt::join(different, ", "));
}

Table tau_table(const RunResult& result, const Fidelity& fidelity, Language language) {
  Table table;
  table.columns = {{.title = std::string(pick(language, "order by", "排序依据"))},
                   right(std::string(pick(language, "Kendall's tau", "Kendall τ"))),
                   right(std::string(pick(language, "frameworks", "框架数")))};
  for (std::size_t i = 0; i < fidelity.quantities.size(); ++i) {
    const std::optional<RankAgreement>& tau = fidelity.taus[i];
    table.rows.push_back(
        {quantity_name(result, fidelity.quantities[i], language),
         tau ? fmt::format("{:.2f} [{:.2f}, {:.2f}]", tau->tau, tau->low, tau->high)
             : std::string(pick(language, "too few frameworks", "框架太少")),
         tau ? std::to_string(tau->subjects) : ""});
  }
  return table;
}

std::vector<std::string> factor_sentences(const RunResult& result, const Fidelity& fidelity,
                                          Language language) {
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < fidelity.quantities.size(); ++i) {
    if (!is_aimed_at(fidelity.quantities[i].kind)) continue;
    std::vector<std::string> missed, open;
    int within = 0, known = 0;
    for (const FidelityPair& pair : fidelity.pairs) {
      const FidelityRatio& ratio = pair.ratios[i];
      const std::optional<WithinFactor> told = within_factor(ratio);
      if (!told) continue;
      ++known;
      const std::string named = fmt::format("{} ({:.2g})", pair.name, *ratio.ratio);
      if (*told == WithinFactor::yes) ++within;
      if (*told == WithinFactor::no) missed.push_back(named);
      if (*told == WithinFactor::not_settled) open.push_back(named);
    }
    const std::string what = quantity_name(result, fidelity.quantities[i], language);
    if (known == 0) {
      sentences.push_back(
          say(language, "{}: no pair has a ratio.", "{}：没有任何一对有比值。", what));
      continue;
    }
    std::string text = say(language, "{}: real and emulated are within a factor of 2 for {} of {}.",
                           "{}：{} / {} 对在 2 倍以内。", what, within, known);
    if (!missed.empty()) {
      text += say(language, " They are not for {}.", "超出：{}。", fmt::join(missed, ", "));
    }
    if (!open.empty()) {
      text += say(language, " It is not settled for {}: the interval holds the limit.",
                  "区间跨越界限：{}。", fmt::join(open, ", "));
    }
    sentences.push_back(text);
  }
  return sentences;
}

void add_fidelity(const RunResult& result, const Fidelity& fidelity, Page& page,
                  Language language) {
  page.table(side_by_side_values(result, fidelity, language));
  page.head("###", "How many times as much the real one costs", "真实为模拟的多少倍");
  page.table(fidelity_table(result, fidelity, language));
  std::vector<std::string> sentences = factor_sentences(result, fidelity, language);
  if (const std::string caution = rate_caution(result, fidelity, language); !caution.empty())
    sentences.push_back(caution);
  sentences.emplace_back(
      pick(language, "A ratio is real / emulated, paired within blocks, with its 95 % interval.",
           "比值为真实 / 模拟，区组内配对；区间 95 %。"));
  page.list(sentences);
  page.head("###", "Do emulations rank the frameworks as the real ones do?",
            "模拟与真实框架的排序是否一致？");
  page.table(tau_table(result, fidelity, language));
  page.list({say(language,
                 "Tau is 1 for the same order and 0 for no relation. Its interval is a block "
                 "bootstrap ({} resamples, fixed seed). It holds the noise of this run's blocks "
                 "only.",
                 "τ 的区间由区组自助法得出（{} 次重抽样，种子固定），只包含本次运行各区组的噪声。",
                 kTauResamples)});
}

}  // namespace tracetax
