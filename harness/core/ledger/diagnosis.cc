// SPDX-License-Identifier: Apache-2.0
#include "harness/core/ledger/diagnosis.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "harness/core/ledger/sdk_page.h"
#include "harness/core/text/effect_text.h"
#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

using Names = std::vector<std::string_view>;
using MaybeFinding = std::optional<Finding>;

constexpr double kManyAttributes = 64;  // a server's span has 10 to 20 by the conventions
constexpr std::string_view kOnItsPage = "; on its page of metrics ";
constexpr std::uint64_t kEnoughSpans = 50;
/// Kept in memory for each span, where something keeps it: a span is hardly smaller.
constexpr double kLeakedBytes = 100;
constexpr std::uint64_t kLeastGrowth = 2 << 20;

bool has_word(std::string_view text, std::string_view word) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  return !std::ranges::search(text, word, same).empty() && !word.empty();
}

bool says_no_such_door(std::string_view words) {
  return has_word(words, "404") || has_word(words, "unimplemented") ||
         has_word(words, "unknown service");
}

bool mostly(std::uint64_t part, std::uint64_t whole) { return whole > 0 && 2 * part >= whole; }

/// "dropped 3, failed 4" of what the target counted.
std::string counts_text(const SelfCounts& self) {
  std::string text = fmt::format(
      "the target counts {} started, {} sampled, {} ended, {} dropped, {} exported, {} failed",
      format_count(self.started), format_count(self.sampled), format_count(self.ended),
      format_count(self.dropped), format_count(self.exported), format_count(self.failed));
  for (const auto& [what, value] : {std::pair{"sampler", &self.sampler},
                                    {"exporter", &self.exporter},
                                    {"processor", &self.processor}})
    if (!value->empty()) text += fmt::format(", {} {}", what, quote(*value));
  return text;
}

class Diagnosing {
 public:
  explicit Diagnosing(const SpanEvidence& evidence)
      : all_(evidence),
        facts_(evidence.facts),
        seen_(evidence.as_it_is),
        segment_(seen_.segment),
        receipt_(segment_.receipt) {
    if (facts_.ledger.counts_all) {
      self_ = segment_.self_counts;
      for (const auto& [service, metrics] : segment_.service_metrics)
        if (!page_) page_ = sdk_counts(metrics);
    }
    const auto& page = segment_.service_metrics.find(facts_.ledger.relay);
    if (page != segment_.service_metrics.end()) collector_ = collector_counts(page->second);
  }

  std::vector<Finding> take() {
    if (!seen_.failed.empty()) return {};
    if (const auto broken = context()) {
      found_.push_back(*broken);
    } else if (const auto loss = came_of_nothing() ? nothing_came() : some_are_lost()) {
      found_.push_back(*loss);
    }
    add(heeds_no_flag());
    add(chain());
    add(one_by_one());
    add(attributes());
    add(memory());
    return std::move(found_);
  }

 private:
  void add(MaybeFinding finding) {
    if (finding) found_.push_back(std::move(*finding));
  }
  [[nodiscard]] std::uint64_t requests() const {
    return seen_.calm.requests + seen_.burst.requests + seen_.last.requests;
  }
  [[nodiscard]] std::uint64_t traces_came() const {
    return seen_.calm.came() + seen_.burst.came() + seen_.last.came();
  }
  [[nodiscard]] std::uint64_t whole_traces() const {
    return seen_.calm.whole + seen_.burst.whole + seen_.last.whole;
  }
  [[nodiscard]] bool came_of_nothing() const {
    return receipt_.received + receipt_.uncertain_spans == 0;
  }
  [[nodiscard]] std::string words() const {
    return segment_.export_words.empty() ? ""
                                         : fmt::format("; its SDK says: {}", segment_.export_words);
  }
  /// A start with that variable set otherwise in which spans came.
  [[nodiscard]] const SpanProbe* cured_by(std::string_view variable) const {
    const auto found = std::ranges::find_if(all_.changed, [&](const SpanProbe& probe) {
      return probe.changed.starts_with(variable) && probe.failed.empty() &&
             probe.segment.receipt.received > 0;
    });
    return found == all_.changed.end() ? nullptr : &*found;
  }
  static Finding one(std::string_view fault, std::string evidence) {
    return {{fault}, std::move(evidence)};
  }

  // Context: traces that nobody asked for, in place of those that were.
  [[nodiscard]] MaybeFinding context() const {
    // Of one request in two at least; a background job begins fewer.
    if (!mostly(receipt_.unexpected_traces, requests())) return std::nullopt;
    const std::string begun =
        fmt::format("{} requests left {} traces that none of them began", format_count(requests()),
                    format_count(receipt_.unexpected_traces));
    if (!mostly(traces_came(), requests())) {
      std::string told = facts_.propagators.empty()
                             ? ""
                             : fmt::format("; OTEL_PROPAGATORS={}", facts_.propagators);
      return one("no_propagator", begun + ", and their own hold no span" + told);
    }
    if (receipt_.broken_propagation.empty())
      return one(
          "background_context",
          begun + "; the first spans of these come from a service that had joined its caller");
    const std::string& service = receipt_.broken_propagation.front().service;
    const std::string evidence = fmt::format("{}, and {} began them", begun, quote(service));
    const auto asked = all_.joins_when_asked.find(service);
    if (asked == all_.joins_when_asked.end())
      return Finding{{"no_inject", "no_propagator"}, evidence};
    return asked->second
               ? one("no_inject", evidence + "; asked directly, it goes on with its caller's trace")
               : one("no_propagator", evidence + ", also when it is asked directly");
  }

  [[nodiscard]] MaybeFinding nothing_came() const {
    const std::string none = fmt::format("no span came of {} requests", format_count(requests()));
    if (requests() == 0) return std::nullopt;
    if (collector_ && collector_->accepted > 0) return in_the_collector();
    if (self_) return by_counts(*self_, none + "; " + counts_text(*self_));
    if (page_) return by_counts(*page_, none + std::string(kOnItsPage) + counts_text(*page_));
    if (!segment_.export_words.empty()) return one(where_it_exports(), none + words());
    if (facts_.exporter == "none")
      return one("no_exporter", none + "; OTEL_TRACES_EXPORTER=none is set");
    for (const auto& [variable, fault] :
         {std::pair<std::string_view, std::string_view>{"OTEL_TRACES_SAMPLER", "rate_zero"},
          {"OTEL_TRACES_EXPORTER", "no_exporter"},
          {"OTEL_EXPORTER_OTLP", facts_.ledger.relay.empty() ? "wrong_address" : "wrong_pipeline"},
          {"OTEL_BSP_SCHEDULE_DELAY", "no_shutdown"}}) {
      if (const SpanProbe* cured = cured_by(variable))
        return one(fault, fmt::format("{}; with {} they come", none, cured->changed));
    }
    if (!facts_.endpoint_is_ours)
      return one("wrong_address",
                 fmt::format("{}; it is told to export to {}", none, facts_.endpoint));
    return Finding{{"rate_zero", "no_exporter", "wrong_address", "no_spans"},
                   none + ", and the service says nothing about it"};
  }

  /// Whether its exports failed for the address, or for what stands there.
  [[nodiscard]] std::string_view where_it_exports() const {
    return !facts_.ledger.relay.empty() && facts_.endpoint_is_ours &&
                   says_no_such_door(segment_.export_words)
               ? "wrong_pipeline"
               : "wrong_address";
  }

  [[nodiscard]] MaybeFinding by_counts(const SelfCounts& counts,
                                       const std::string& evidence) const {
    if (counts.started == 0) return one("no_spans", evidence);
    if (counts.sampled == 0) return one("rate_zero", evidence);
    if (counts.ended == 0) return one("unended", evidence);
    if (counts.failed > 0) return one(where_it_exports(), evidence + words());
    if (counts.dropped == counts.ended) return one("full_queue", evidence);
    if (counts.exported == 0) {
      if (counts.exporter.empty() || has_word(counts.exporter, "none"))
        return one("no_exporter", evidence);
      if (!segment_.export_words.empty()) return one(where_it_exports(), evidence + words());
      if (!facts_.endpoint_is_ours)
        return one("wrong_address", evidence + "; told to export to " + facts_.endpoint);
      return one("no_shutdown", evidence);
    }
    return facts_.ledger.relay.empty()
               ? one("wrong_address", evidence + ": somebody else took them")
               : one("wrong_pipeline", evidence);
  }

  [[nodiscard]] MaybeFinding in_the_collector() const {
    const auto& counts = *collector_;
    if (counts.sent >= counts.accepted && receipt_.received >= counts.sent) return std::nullopt;
    std::string evidence = fmt::format("'{}' took {} spans and sent {} on", facts_.ledger.relay,
                                       format_count(counts.accepted), format_count(counts.sent));
    if (counts.send_failed + counts.enqueue_failed > 0)
      evidence +=
          fmt::format("; {} failed", format_count(counts.send_failed + counts.enqueue_failed));
    if (!counts.exporters.empty())
      evidence += fmt::format("; its exporters: {}", fmt::join(counts.exporters, ", "));
    return one("wrong_pipeline", std::move(evidence));
  }

  [[nodiscard]] MaybeFinding some_are_lost() const {
    const SpanLedger ledger = make_ledger(segment_, facts_.ledger);
    if (whole_traces() >= requests()) return std::nullopt;
    const std::string evidence = fmt::format(
        "whole traces: {} of {} in a calm, {} of {} at once, {} of {} right before SIGTERM",
        seen_.calm.whole, seen_.calm.requests, seen_.burst.whole, seen_.burst.requests,
        seen_.last.whole, seen_.last.requests);
    if (facts_.ledger.drops_on_purpose && !ledger.first_leak) return std::nullopt;
    const bool last_are_gone = seen_.last.requests > 0 && seen_.last.came() == 0;
    const std::string said = self_ ? evidence + "; " + counts_text(*self_) : evidence;
    if (!self_) {
      if (const auto counted = lost_by_page(evidence)) return counted;
      if (last_are_gone && seen_.calm.came() > 0) return one("no_shutdown", said);
      // Of several services one may have sent its last spans.
      if (seen_.calm.all_whole() && seen_.burst.all_whole() && seen_.last.whole == 0)
        return one("no_shutdown", said);
      if (facts_.ledger.drops_on_purpose) return std::nullopt;
      if (collector_ && collector_->accepted > collector_->sent) return in_the_collector();
      return unsaid(evidence);
    }
    if (self_->dropped > 0) return one("full_queue", said);
    if (self_->ended < self_->sampled) return one("unended", said);
    if (self_->failed > 0) return one(where_it_exports(), said + words());
    if (self_->ended > self_->exported) return one("no_shutdown", said);
    if (facts_.ledger.drops_on_purpose || !ledger.first_leak) return std::nullopt;
    if (ledger.first_leak->at == SpanStage::sampled) return one("sampler_ratio", said);
    if (ledger.first_leak->at == SpanStage::started) return one("spans_per_request", said);
    if (collector_ && collector_->accepted > collector_->sent) return in_the_collector();
    return one(facts_.ledger.relay.empty() ? "lost_on_the_way" : "wrong_pipeline", said);
  }

  /// By what the SDK had counted before its end: what still waited then is not lost.
  [[nodiscard]] MaybeFinding lost_by_page(const std::string& evidence) const {
    if (!page_) return std::nullopt;
    const std::string said = evidence + std::string(kOnItsPage) + counts_text(*page_);
    if (page_->dropped > 0) return one("full_queue", said);
    if (page_->ended < page_->sampled) return one("unended", said);
    if (page_->failed > 0) return one(where_it_exports(), said + words());
    return std::nullopt;
  }

  /// The same of a service that counts nothing.
  [[nodiscard]] MaybeFinding unsaid(const std::string& evidence) const {
    if (!segment_.export_words.empty()) return one(where_it_exports(), evidence + words());
    if (seen_.calm.all_whole() && !seen_.burst.all_whole()) return one("full_queue", evidence);
    if (!facts_.ledger.relay.empty()) return one("wrong_pipeline", evidence);
    // Of several services one may send nothing at all.
    if (!facts_.ledger.counts_all && whole_traces() == 0 && traces_came() == requests())
      return Finding{{"unended", "no_exporter", "rate_zero", "wrong_address", "spans_per_request"},
                     evidence};
    // A parent that never comes while its child does was neither sampled away nor a matter of
    // count.
    if (receipt_.orphans > 0)
      return one("unended", fmt::format("{}; {} spans name a parent that never comes", evidence,
                                        format_count(receipt_.orphans)));
    if (traces_came() < requests()) return Finding{{"unended", "sampler_ratio"}, evidence};
    if (whole_traces() > 0) return one("unended", evidence);  // so the suite's number is right
    return Finding{{"unended", "spans_per_request"}, evidence};
  }

  [[nodiscard]] MaybeFinding heeds_no_flag() const {
    const bool should = facts_.sampler.starts_with("parentbased_");
    if (!should || !mostly(seen_.unsampled.came(), seen_.unsampled.requests)) return std::nullopt;
    std::string evidence = fmt::format(
        "{} of {} requests without the sampled flag left spans though OTEL_TRACES_SAMPLER={}",
        seen_.unsampled.came(), seen_.unsampled.requests, facts_.sampler);
    if (self_ && !self_->sampler.empty())
      evidence += fmt::format("; its sampler is {}", quote(self_->sampler));
    return one("code_over_env", std::move(evidence));
  }

  [[nodiscard]] MaybeFinding chain() const {
    const std::uint64_t late = receipt_.quality ? receipt_.quality->late_parents : 0;
    const std::uint64_t set_late = segment_.self_counts ? segment_.self_counts->set_after_end : 0;
    if (!mostly(late, requests()) && !mostly(set_late, requests())) return std::nullopt;
    std::vector<std::string> parts;
    if (late > 0)
      parts.push_back(
          fmt::format("{} spans began after their parent had ended", format_count(late)));
    if (set_late > 0)
      parts.push_back(fmt::format("{} attributes were set after the end of their span",
                                  format_count(set_late)));
    return one("ctx_shadow", fmt::format("{}", fmt::join(parts, "; ")));
  }

  [[nodiscard]] MaybeFinding one_by_one() const {
    const std::string processor = segment_.self_counts ? segment_.self_counts->processor : "";
    const bool alone =
        facts_.ledger.relay.empty() && receipt_.batch_max == 1 && receipt_.payloads >= kEnoughSpans;
    if (!alone && !has_word(processor, "simple")) return std::nullopt;
    std::string evidence =
        alone ? fmt::format("{} payloads hold one span each", format_count(receipt_.payloads)) : "";
    if (!processor.empty())
      evidence += fmt::format("{}its processor is {}", alone ? "; " : "", quote(processor));
    return one("sync_exporter", std::move(evidence));
  }

  [[nodiscard]] MaybeFinding attributes() const {
    if (receipt_.attributes_per_span.value_or(0) < kManyAttributes) return std::nullopt;
    return one("many_attributes",
               fmt::format("{:.0f} attributes on each span", *receipt_.attributes_per_span));
  }

  /// Heaps grow to their size at first; what grows on with every span in the second half is kept.
  [[nodiscard]] MaybeFinding memory() const {
    if (!all_.memory || all_.memory->rss_bytes.size() < 5) return std::nullopt;
    const auto& rss = all_.memory->rss_bytes;
    const std::size_t half = (rss.size() - 1) / 2;
    std::uint64_t spans = 0;
    std::size_t grew = 0;
    for (std::size_t i = half; i + 1 < rss.size(); ++i) {
      spans += all_.memory->spans[i];
      if (rss[i + 1] > rss[i]) ++grew;
    }
    if (spans == 0 || rss.back() < rss[half] + kLeastGrowth) return std::nullopt;
    const double each = static_cast<double>(rss.back() - rss[half]) / static_cast<double>(spans);
    const std::size_t steps = rss.size() - 1 - half;
    if (each < kLeakedBytes || 4 * grew < 3 * steps) return std::nullopt;
    return one("leak",
               fmt::format("memory grew by {:.1f} MiB while {} spans were made, {:.0f} bytes "
                           "for each, and went on growing",
                           static_cast<double>(rss.back() - rss[half]) / (1 << 20),
                           format_count(spans), each));
  }

  const SpanEvidence& all_;
  const TracingFacts& facts_;
  const SpanProbe& seen_;
  const SegmentRecord& segment_;
  const Receipt& receipt_;
  std::optional<SelfCounts> self_;
  std::optional<SelfCounts> page_;  // the same before its end, from a page of metrics
  std::optional<CollectorCounts> collector_;
  std::vector<Finding> found_;
};

}  // namespace

std::string Finding::cause() const {
  if (faults.size() == 1) return std::string(fault_named(faults.front()).cause);
  std::vector<std::string> causes;
  for (const std::string_view fault : faults)
    causes.push_back(fmt::format("{} ({})", fault, fault_named(fault).cause));
  return fmt::format("one of: {}", fmt::join(causes, "; "));
}

std::string Finding::remedy() const {
  if (faults.size() == 1) return std::string(fault_named(faults.front()).remedy);
  std::vector<std::string> remedies;
  for (const std::string_view fault : faults)
    remedies.push_back(fmt::format("{}: {}", fault, fault_named(fault).remedy));
  return fmt::format("{}", fmt::join(remedies, "; "));
}

std::vector<Finding> diagnose(const SpanEvidence& evidence) { return Diagnosing{evidence}.take(); }

std::vector<std::string> worth_changing(const TracingFacts& facts, const SpanProbe& as_it_is) {
  const Receipt& receipt = as_it_is.segment.receipt;
  const bool says_enough = as_it_is.segment.self_counts || !as_it_is.segment.export_words.empty();
  if (!as_it_is.failed.empty() || says_enough || receipt.received > 0) return {};
  std::vector<std::string> changes;
  if (facts.sampler != "always_on") changes.emplace_back("OTEL_TRACES_SAMPLER=always_on");
  if (facts.exporter != "otlp") changes.emplace_back("OTEL_TRACES_EXPORTER=otlp");
  if (!facts.endpoint_is_ours || !facts.ledger.relay.empty())
    changes.emplace_back("OTEL_EXPORTER_OTLP_ENDPOINT={sink}");
  return changes;
}

}  // namespace tracetax
