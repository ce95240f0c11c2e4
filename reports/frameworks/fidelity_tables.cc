// SPDX-License-Identifier: Apache-2.0
#include "reports/frameworks/fidelity_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

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
      return std::string(pick(language, "CPU off", "CPU 无追踪"));
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

std::string side_cell(FidelityKind kind, const FidelitySide& side, Language language) {
  if (!side.value) return std::string(kNotMeasured);
  const Level level{.blocks = side.blocks, .value = side.value, .interval = side.interval};
  switch (kind) {
    case FidelityKind::cpu_off:
      return level_cell(Metric::cpu_per_request, level, language);
    case FidelityKind::capacity:
      return level_cell(Metric::capacity, level, language);
    case FidelityKind::memory:
      return level_cell(Metric::rss_peak, level, language);
    case FidelityKind::a:
    case FidelityKind::b:
      return amount_cell(side.value, side.interval);
    case FidelityKind::overhead:
      return side.interval ? format_effect(*side.value, *side.interval) : std::string(kNotMeasured);
    case FidelityKind::switches:
      return side.interval ? format_amount(*side.value, *side.interval, "")
                           : number_cell(side.value);
  }
  return std::string(kNotMeasured);
}

std::string ratio_cell(const FidelityRatio& ratio) {
  if (!ratio.ratio || !ratio.interval) return std::string(kNotMeasured);
  return format_amount(*ratio.ratio, *ratio.interval, "");
}

std::string floor_cell(const FidelityRatio& ratio) {
  const auto half = [](const std::optional<double>& floor) {
    if (!floor) return std::string(kNotMeasured);
    return *floor < 0.1 ? fmt::format("±{:.2g}", 100 * *floor)
                        : fmt::format("±{:.0f}", 100 * *floor);
  };
  if (!ratio.real.floor && !ratio.emulated.floor) return std::string(kNotMeasured);
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

std::string rate_cell(const RunResult& result, int cell) {
  const double rate = rate_of(result, cell);
  return rate > 0 ? format_rate(rate) : std::string(kNotMeasured);
}

Column right(std::string title) { return {.title = std::move(title), .right = true}; }

bool is_aimed_at(FidelityKind kind) {
  return kind == FidelityKind::cpu_off || kind == FidelityKind::a || kind == FidelityKind::b;
}

}  // namespace

Table fidelity_table(const RunResult& result, const Fidelity& fidelity, Language language) {
  Table table;
  table.columns = {{.title = std::string(pick(language, "real / emulated", "真实 / 模拟"))}};
  const std::vector<std::size_t> places = headline_quantities(result, fidelity);
  for (const std::size_t place : places)
    table.columns.push_back(right(quantity_name(result, fidelity.quantities[place], language)));
  for (const FidelityPair& pair : fidelity.pairs) {
    std::vector<std::string> cells{pair.name};
    for (const std::size_t place : places) cells.push_back(ratio_cell(pair.ratios[place]));
    table.rows.push_back(std::move(cells));
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
  for (const FidelityRatio& ratio : pair.ratios) {
    table.rows.push_back({quantity_name(result, ratio.quantity, language),
                          side_cell(ratio.quantity.kind, ratio.real, language),
                          side_cell(ratio.quantity.kind, ratio.emulated, language),
                          ratio_cell(ratio), floor_cell(ratio)});
  }
  table.rows.push_back({std::string(pick(language, "offered rate", "请求速率")),
                        rate_cell(result, pair.real), rate_cell(result, pair.emulated),
                        std::string(kNotMeasured), std::string(kNotMeasured)});
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
  return language == Language::chinese
             ? fmt::format(
                   "真实与模拟的请求速率不同，而每请求 CPU 随速率变化：{}。用 --set "
                   "load.rate=4k/s 令两者相同。",
                   fmt::join(different, "、"))
             : fmt::format(
                   "Real and emulated had different rates, and CPU per request changes "
                   "with the rate: {}. With --set load.rate=4k/s both have the same.",
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
             : std::string(kNotMeasured),
         tau ? std::to_string(tau->subjects) : std::string(kNotMeasured)});
  }
  return table;
}

std::vector<std::string> factor_sentences(const RunResult& result, const Fidelity& fidelity,
                                          Language language) {
  const bool chinese = language == Language::chinese;
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
      sentences.push_back(chinese ? fmt::format("{}：没有任何一对有比值。", what)
                                  : fmt::format("{}: no pair has a ratio.", what));
      continue;
    }
    std::string text =
        chinese ? fmt::format("{}：{} 对中 {} 对在 2 倍以内", what, known, within)
                : fmt::format("{}: within a factor of 2 for {} of {}", what, within, known);
    if (!missed.empty()) {
      text += chinese ? fmt::format("；超出：{}", fmt::join(missed, "、"))
                      : fmt::format("; missed by {}", fmt::join(missed, ", "));
    }
    if (!open.empty()) {
      text += chinese ? fmt::format("；区间跨越界限：{}", fmt::join(open, "、"))
                      : fmt::format("; not settled for {} (intervals reach across it)",
                                    fmt::join(open, ", "));
    }
    sentences.push_back(text + (chinese ? "。" : "."));
  }
  return sentences;
}

void add_fidelity(const RunResult& result, const Fidelity& fidelity, Page& page,
                  Language language) {
  page.table(fidelity_table(result, fidelity, language));
  std::vector<std::string> sentences = factor_sentences(result, fidelity, language);
  if (const std::string caution = rate_caution(result, fidelity, language); !caution.empty())
    sentences.push_back(caution);
  page.list(sentences);
  page.head("###", "Do emulations rank the frameworks as the real ones do?",
            "模拟与真实框架的排序是否一致？");
  page.table(tau_table(result, fidelity, language));
  page.sentences(
      {language == Language::chinese
           ? fmt::format("比值为真实 / 模拟，区组内配对；区间 95 %。τ 的区间由区组自助法得出（{} "
                         "次重抽样，种子固定），只包含本次运行各区组的噪声。",
                         kTauResamples)
           : fmt::format("Ratios are real / emulated, paired within blocks, with 95 % intervals. "
                         "Tau: 1 is the same order, 0 no relation; its interval is a block "
                         "bootstrap ({} resamples, fixed seed) and holds the noise of this run's "
                         "blocks only.",
                         kTauResamples)});
}

}  // namespace tracetax
