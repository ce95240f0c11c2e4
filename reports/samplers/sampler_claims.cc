// SPDX-License-Identifier: Apache-2.0
#include "reports/samplers/sampler_claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/core/text/effect_text.h"
#include "harness/stats/binomial.h"
#include "reports/samplers/sampler_words.h"

namespace tracetax {
namespace {

/// As closely as this a cost has to agree with another one, of what that one adds to `off`; and a
/// share with what was said of it.
constexpr double kCloseEnough = 0.25;

const std::string& arm_name(const RunResult& result, const SamplerRow& row) {
  return result.suite.arms[static_cast<std::size_t>(row.arm)].name;
}

std::string_view sampler_name(const RunResult& result, const SamplerRow& row) {
  const auto& sampler = result.suite.arms[static_cast<std::size_t>(row.arm)].sampler;
  return sampler ? std::string_view(sampler->name) : std::string_view();
}

PairedAmount client_cpu_beside(const RunResult& result, const SamplerCell& cell, int base,
                               int arm) {
  const CellSegments segments(result, cell.cell);
  return paired_amount(segments, base, arm,
                       [](const SegmentRecord& segment) { return client_us(segment); });
}

// ---- tail

SamplerClaim tail_is_free(const std::string& arm, const SamplerRow& row) {
  SamplerClaim claim{arm + ": costs the client nothing", ClaimWord::undecided,
                     fmt::format("the client pays {} a request more than with tracing off",
                                 more_text(row.client_cpu, "us"))};
  if (row.client_cpu.is_more()) claim.word = ClaimWord::refuted;
  if (row.stage_cpu.more)
    claim.because +=
        fmt::format(", and whoever decides behind it {}", more_text(row.stage_cpu, "us"));
  return claim;
}

SamplerClaim tail_is_full(const RunResult& result, const SamplerCell& cell, const std::string& arm,
                          const SamplerRow& row, const SamplerRow& full) {
  const PairedAmount apart = client_cpu_beside(result, cell, full.arm, row.arm);
  const std::string& all = arm_name(result, full);
  const double margin = kCloseEnough * full.client_cpu.more.value_or(0);
  SamplerClaim claim{fmt::format("{}: its client pays what {} pays", arm, all),
                     ClaimWord::undecided,
                     fmt::format("{} of difference in the same blocks, where {} pays {}; as equal "
                                 "counts what is surely within a quarter of that",
                                 more_text(apart, "us"), all, more_text(full.client_cpu, "us"))};
  if (apart.interval && full.client_cpu.is_more()) {
    if (apart.interval->low > -margin && apart.interval->high < margin)
      claim.word = ClaimWord::holds;
    else if (apart.is_more() || apart.is_less())
      claim.word = ClaimWord::refuted;
  }
  return claim;
}

// ---- what all are said to be

/// What came of one arm, or of several together.
struct TracesThatCame {
  std::uint64_t whole = 0, part = 0, late = 0;  // late: whole ones with a late span

  void add(const SamplerRow& row) {
    whole += row.came_whole;
    part += row.came_part;
    if (const ClassKept* kept = row.kept(RequestClass::late)) late += kept->whole;
  }
};

std::optional<SamplerClaim> are_complete(const std::string& whose, const TracesThatCame& came) {
  const std::uint64_t all = came.whole + came.part;
  if (all == 0) return std::nullopt;
  SamplerClaim claim{whose + ": traces are complete",
                     came.part == 0 ? ClaimWord::holds : ClaimWord::refuted,
                     fmt::format("{} of {} traces that came lack spans, at most {} % of all such",
                                 format_count(came.part), format_count(all),
                                 format_number(100 * rate_upper_bound(came.part, all, 0.95)))};
  if (came.late > 0) {
    claim.because += fmt::format("; {} traces with a late span are among the whole ones",
                                 format_count(came.late));
  }
  return claim;
}

/// A share that somebody gave as a number.
std::optional<SamplerClaim> share_is(const std::string& arm, const SamplerRow& row, RequestClass of,
                                     double said, std::string_view in_words) {
  const ClassKept* kept = row.kept(of);
  if (kept == nullptr || kept->sent == 0) return std::nullopt;
  const Share recall = kept->recall();
  SamplerClaim claim{fmt::format("{}: {}", arm, in_words), ClaimWord::undecided,
                     fmt::format("{} of {} came: {}", format_count(recall.of),
                                 format_count(recall.all), share_text(recall))};
  const double margin = kCloseEnough * (said < 1 ? said : 1);
  if (recall.low > said || recall.high < said)
    claim.word = ClaimWord::refuted;
  else if (recall.low > said - margin && recall.high < said + margin)
    claim.word = ClaimWord::holds;
  return claim;
}

/// Errors beside requests that nothing sets apart.
std::optional<SamplerClaim> prefers_errors(const std::string& arm, const SamplerRow& row) {
  const ClassKept* errors = row.kept(RequestClass::error);
  const ClassKept* normal = row.kept(RequestClass::normal);
  if (errors == nullptr || normal == nullptr) return std::nullopt;
  const Share kept = errors->recall(), others = normal->recall();
  SamplerClaim claim{
      arm + ": keeps errors rather than other requests", ClaimWord::undecided,
      fmt::format("errors {}, normal ones {}", share_text(kept), share_text(others))};
  const bool told = fisher_p(kept.of, kept.all, others.of, others.all) < 0.05;
  if (told) claim.word = kept.value > others.value ? ClaimWord::holds : ClaimWord::refuted;
  if (!told) claim.because += ": not told apart, as it decides before a request can fail";
  return claim;
}

// ---- adaptive beside fixed

/// A fixed ratio in the service itself, as the adaptive ones are; else the caller's highest.
const SamplerRow* fixed_row(const RunResult& result, const SamplerCell& cell) {
  const SamplerRow* found = nullptr;
  for (const SamplerRow& row : cell.rows) {
    if (row.valid == 0) continue;
    if (sampler_name(result, row) == "traceidratio") return &row;
    if (row.place != SamplerPlace::caller) continue;
    const auto rate_of = [&result](const SamplerRow& of) {
      return result.suite.arms[static_cast<std::size_t>(of.arm)].rate;
    };
    if (found == nullptr || rate_of(row) > rate_of(*found)) found = &row;
  }
  return found;
}

std::string percent_more(const PairedAmount& amount) {
  if (!amount.more || !amount.base || *amount.base <= 0) return "an unknown share";
  return fmt::format("{:+.1f} %", 100 * *amount.more / *amount.base);
}

SamplerClaim is_cheaper(const RunResult& result, const SamplerCell& cell, const std::string& arm,
                        const SamplerRow& row, const SamplerRow& fixed) {
  const PairedAmount apart = client_cpu_beside(result, cell, fixed.arm, row.arm);
  const std::string& other = arm_name(result, fixed);
  SamplerClaim claim{
      fmt::format("{}: costs the client less than {}", arm, other), ClaimWord::undecided,
      fmt::format("{} a request of difference; {} on off instead of {}", more_text(apart, "us"),
                  percent_more(row.client_cpu), percent_more(fixed.client_cpu))};
  if (apart.is_less()) claim.word = ClaimWord::holds;
  if (apart.is_more()) claim.word = ClaimWord::refuted;
  return claim;
}

SamplerClaim stores_less(const RunResult& result, const std::string& arm, const SamplerRow& row,
                         const SamplerRow& fixed, const CellSegments& segments) {
  const PairedAmount apart = paired_amount(segments, fixed.arm, row.arm, stored_bytes);
  SamplerClaim claim{fmt::format("{}: stores less than {}", arm, arm_name(result, fixed)),
                     ClaimWord::undecided,
                     fmt::format("{} in bytes a request", percent_more(apart))};
  if (apart.is_less()) claim.word = ClaimWord::holds;
  if (apart.is_more()) claim.word = ClaimWord::refuted;
  const ClassKept *mine = row.kept(RequestClass::error), *theirs = fixed.kept(RequestClass::error);
  if (mine != nullptr && theirs != nullptr) {
    claim.because += fmt::format(", and {} of the errors instead of {}", share_text(mine->recall()),
                                 share_text(theirs->recall()));
  }
  return claim;
}

}  // namespace

std::string_view name_of(ClaimWord word) {
  switch (word) {
    case ClaimWord::holds:
      return "holds";
    case ClaimWord::refuted:
      return "refuted";
    case ClaimWord::undecided:
      return "not decided";
  }
  return "";
}

std::vector<SamplerClaim> sampler_claims(const RunResult& result, const SamplerCell& cell) {
  std::vector<SamplerClaim> claims;
  const CellSegments segments(result, cell.cell);
  const SamplerRow* full = full_row(cell);
  const SamplerRow* fixed = fixed_row(result, cell);
  TracesThatCame head;
  const auto add = [&claims](std::optional<SamplerClaim> claim) {
    if (claim) claims.push_back(std::move(*claim));
  };
  for (const SamplerRow& row : cell.rows) {
    const bool tail = row.place == SamplerPlace::behind;
    const std::string& arm = arm_name(result, row);
    if (row.place == SamplerPlace::none) continue;
    TracesThatCame own;
    (tail ? own : head).add(row);
    add(are_complete(arm, own));
    if (row.valid == 0) continue;
    const std::string_view sampler = sampler_name(result, row);
    if (tail) {
      add(tail_is_free(arm, row));
      if (full != nullptr) add(tail_is_full(result, cell, arm, row, *full));
    }
    if (sampler == "adaptive_priority") {
      add(share_is(arm, row, RequestClass::vip, 1, "keeps all of high priority"));
      add(share_is(arm, row, RequestClass::normal, 0.01, "keeps 1 % of normal requests"));
      add(share_is(arm, row, RequestClass::error, 1, "keeps all errors"));
    }
    const bool adaptive = sampler.find("adaptive") != std::string_view::npos;
    if (adaptive) add(prefers_errors(arm, row));
    if (adaptive && fixed != nullptr) {
      add(is_cheaper(result, cell, arm, row, *fixed));
      add(stores_less(result, arm, row, *fixed, segments));
    }
  }
  add(are_complete("samplers at the head", head));
  return claims;
}

}  // namespace tracetax
