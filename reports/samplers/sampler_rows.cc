// SPDX-License-Identifier: Apache-2.0
#include "reports/samplers/sampler_rows.h"

#include <algorithm>
#include <map>

#include "harness/core/services.h"
#include "harness/stats/binomial.h"
#include "reports/samplers/equal_bytes.h"

namespace tracetax {

std::optional<double> client_us(const SegmentRecord& segment) {
  if (!segment.usage || segment.requests == 0) return std::nullopt;
  return static_cast<double>(segment.usage->cpu_ns) / 1e3 / static_cast<double>(segment.requests);
}

/// The receipt has the warm-up too, so its bytes are shared among all requests that it knows of.
std::optional<double> stored_bytes(const SegmentRecord& segment) {
  const Receipt& receipt = segment.receipt;
  const auto bytes = static_cast<double>(receipt.bytes);
  if (receipt.bytes == 0) return 0;
  if (receipt.keeps) {
    std::uint64_t sent = 0;
    for (const ClassAccount& account : receipt.keeps->classes) sent += account.sent;
    if (sent > 0) return bytes / static_cast<double>(sent);
  }
  if (!receipt.known || receipt.traces_received == 0) return std::nullopt;
  return bytes / static_cast<double>(receipt.traces_received) * segment.sampled_share;
}

namespace {

constexpr double kShareLevel = 0.95;

/// Of all companions; nothing where there are none.
template <typename Amount>
std::optional<double> of_companions(const SegmentRecord& segment, Amount amount) {
  std::optional<double> sum;
  for (const ServiceUsage& service : segment.services) {
    if (service.role == ServiceRole::companion)
      sum = sum.value_or(0) + static_cast<double>(amount(service));
  }
  return sum;
}

std::optional<double> stage_us(const SegmentRecord& segment) {
  if (segment.requests == 0) return std::nullopt;
  const auto ns = of_companions(segment, [](const ServiceUsage& used) { return used.cpu_ns; });
  if (!ns) return std::nullopt;
  return *ns / 1e3 / static_cast<double>(segment.requests);
}

std::optional<double> client_bytes(const SegmentRecord& segment) {
  if (!segment.usage) return std::nullopt;
  return static_cast<double>(segment.usage->rss_peak_bytes);
}

std::optional<double> stage_bytes(const SegmentRecord& segment) {
  return of_companions(segment, [](const ServiceUsage& used) { return used.rss_peak_bytes; });
}

std::optional<double> delay_p50(const SegmentRecord& segment) {
  return segment.receipt.export_delay_p50_ms;
}
std::optional<double> delay_p99(const SegmentRecord& segment) {
  return segment.receipt.export_delay_p99_ms;
}

bool drops_on_purpose(const ArmSpec& arm) {
  if (!arm.keeps) return false;
  return arm.keeps->at_most_per_s.has_value() ||
         std::ranges::any_of(arm.keeps->share, [](const auto& share) { return share != 1.0; });
}

/// It exports all of its traces, by nobody's leave.
bool keeps_everything(const ArmSpec& arm, const TargetSpec& target) {
  return arm.role == ArmRole::traced && state_of(arm, target) == TracingState::exporting &&
         arm.rate.share() == 1 && !arm.sampler && !drops_on_purpose(arm);
}

SamplerPlace place_of(const ArmSpec& arm, const TargetSpec& target) {
  if (arm.role != ArmRole::traced || state_of(arm, target) != TracingState::exporting)
    return SamplerPlace::none;
  if (arm.sampler) return SamplerPlace::service;
  if (drops_on_purpose(arm)) return SamplerPlace::behind;
  return arm.rate.share() < 1 ? SamplerPlace::caller : SamplerPlace::none;
}

bool is_void_for_its_receipt_alone(const SegmentRecord& segment) {
  return std::ranges::all_of(segment.voids, [](const VoidReason& reason) {
    return reason.rule == VoidRule::receipt_open;
  });
}

void add_traces(const SegmentRecord& segment, SamplerRow& row) {
  if (!segment.receipt.keeps) return;
  for (const ClassAccount& account : segment.receipt.keeps->classes) {
    if (is_void_for_its_receipt_alone(segment)) {
      row.came_whole += account.whole;
      row.came_part += account.part;
    }
    if (!segment.valid()) continue;
    auto kept = std::ranges::find(row.classes, account.of, &ClassKept::of);
    if (kept == row.classes.end()) kept = row.classes.insert(kept, ClassKept{.of = account.of});
    kept->sent += account.sent;
    kept->whole += account.whole;
    kept->part += account.part;
  }
}

SamplerRow row_of(const RunResult& result, const CellSegments& segments, const SamplerCell& cell,
                  int arm) {
  const Cell& where = result.plan.cells.at(static_cast<std::size_t>(cell.cell));
  SamplerRow row;
  row.arm = arm;
  row.place = place_of(result.suite.arms.at(static_cast<std::size_t>(arm)),
                       result.suite.targets.at(static_cast<std::size_t>(where.target)));
  const auto amount = [&](std::optional<double> (*read)(const SegmentRecord&)) {
    return paired_amount(segments, 0, arm, read);
  };
  row.client_cpu = amount(client_us);
  row.stage_cpu = amount(stage_us);
  row.client_memory = amount(client_bytes);
  row.stage_memory = amount(stage_bytes);
  row.bytes = amount(stored_bytes);
  if (cell.full) {
    row.delay_p50 = paired_amount(segments, *cell.full, arm, delay_p50);
    row.delay_p99 = paired_amount(segments, *cell.full, arm, delay_p99);
  }
  for (const int block : segments.blocks()) {
    const SegmentRecord* segment = segments.find(block, arm, SegmentKind::open);
    if (segment == nullptr) continue;
    ++row.measured;
    row.valid += segment->valid() ? 1 : 0;
    add_traces(*segment, row);
  }
  std::ranges::sort(row.classes, {}, &ClassKept::of);
  return row;
}

}  // namespace

Share share_of(std::uint64_t of, std::uint64_t all) {
  const RateBounds bounds = clopper_pearson(of, all, kShareLevel);
  return {of, all, all == 0 ? 0 : static_cast<double>(of) / static_cast<double>(all), bounds.low,
          bounds.high};
}

const ClassKept* SamplerRow::kept(RequestClass of) const {
  const auto found = std::ranges::find(classes, of, &ClassKept::of);
  return found == classes.end() ? nullptr : &*found;
}

Share SamplerRow::kept_of_all() const {
  std::uint64_t whole = 0, sent = 0;
  for (const ClassKept& kept : classes) {
    whole += kept.whole;
    sent += kept.sent;
  }
  return share_of(whole, sent);
}

bool measures_samplers(const RunResult& result) {
  const auto& arms = result.suite.arms;
  return std::ranges::any_of(arms, [](const ArmSpec& arm) { return arm.keeps.has_value(); }) &&
         std::ranges::any_of(result.suite.targets, [&arms](const TargetSpec& target) {
           return std::ranges::any_of(
               arms, [&target](const ArmSpec& arm) { return keeps_everything(arm, target); });
         });
}

std::vector<SamplerCell> sampler_cells(const RunResult& result) {
  std::vector<SamplerCell> cells;
  const auto arms = static_cast<int>(result.suite.arms.size());
  for (std::size_t i = 0; i < result.plan.cells.size(); ++i) {
    SamplerCell& cell = cells.emplace_back();
    cell.cell = static_cast<int>(i);
    const TargetSpec& target =
        result.suite.targets.at(static_cast<std::size_t>(result.plan.cells[i].target));
    for (int arm = 0; arm < arms && !cell.full; ++arm) {
      if (keeps_everything(result.suite.arms[static_cast<std::size_t>(arm)], target))
        cell.full = arm;
    }
    const CellSegments segments(result, cell.cell);
    for (int arm = 0; arm < arms; ++arm) cell.rows.push_back(row_of(result, segments, cell, arm));
  }
  return cells;
}

const SamplerRow* full_row(const SamplerCell& cell) {
  return cell.full ? &cell.rows.at(static_cast<std::size_t>(*cell.full)) : nullptr;
}

std::optional<RecallAtBudget> recall_at(const SamplerCell& cell, const SamplerRow& row,
                                        RequestClass of, double budget) {
  const SamplerRow* full = full_row(cell);
  const ClassKept* kept = row.kept(of);
  if (full == nullptr || kept == nullptr || kept->sent == 0) return std::nullopt;
  if (!row.bytes.value || full->bytes.value.value_or(0) <= 0) return std::nullopt;
  const Share recall = kept->recall();
  const auto brought = [&](double share) {
    return recall_at_equal_bytes(share, *row.bytes.value, *full->bytes.value,
                                 budget * *full->bytes.value);
  };
  return RecallAtBudget{budget, brought(recall.value), brought(recall.low), brought(recall.high)};
}

std::optional<Share> error_share_factor(const SamplerRow& row) {
  const ClassKept* errors = row.kept(RequestClass::error);
  const Share all = row.kept_of_all();
  if (errors == nullptr || errors->sent == 0 || all.of == 0) return std::nullopt;
  const double truth = static_cast<double>(errors->sent) / static_cast<double>(all.all);
  Share factor = share_of(errors->whole, all.of);
  for (double* part : {&factor.value, &factor.low, &factor.high}) *part /= truth;
  return factor;
}

}  // namespace tracetax
