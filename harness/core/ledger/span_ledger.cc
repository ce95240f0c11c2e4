// SPDX-License-Identifier: Apache-2.0
#include "harness/core/ledger/span_ledger.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "harness/core/services.h"
#include "harness/core/suite/kept_processes.h"
#include "harness/core/text/effect_text.h"

namespace tracetax {
namespace {

std::uint64_t above(std::uint64_t one, std::uint64_t other) { return one - std::min(one, other); }

class Walk {
 public:
  Walk(const SegmentRecord& segment, const LedgerFacts& facts) : segment_(segment), facts_(facts) {}

  SpanLedger take() {
    plan();
    target();
    collector();
    sink();
    infer();
    return std::move(ledger_);
  }

 private:
  [[nodiscard]] const Receipt& receipt() const { return segment_.receipt; }

  LedgerStage& add(SpanStage stage, std::optional<std::uint64_t> count, CountedBy by,
                   std::vector<NamedLoss> named = {}, bool on_purpose = false) {
    LedgerStage made{.stage = stage, .count = count, .by = count ? by : CountedBy::nobody};
    made.on_purpose = on_purpose;
    if (count && flow_) {
      made.lost = above(*flow_, *count);
      made.more = above(*count, *flow_);
      std::erase_if(named, [](const NamedLoss& loss) { return loss.spans == 0; });
      made.named = std::move(named);
      if (made.lost > 0 && !on_purpose && !ledger_.first_leak)
        ledger_.first_leak = SpanLeak{last_, stage, made.lost, *flow_, made.named};
    }
    if (count) {
      flow_ = count;
      last_ = stage;
    }
    return ledger_.stages.emplace_back(std::move(made));
  }

  void contradicts(std::string sentence) { ledger_.contradictions.push_back(std::move(sentence)); }

  /// What is counted as having left a stage cannot be more than what had reached it.
  void adds_up(std::uint64_t parts, std::uint64_t whole, std::string_view what) {
    if (parts > whole)
      contradicts(
          fmt::format("{}: {} are counted, of {}", what, format_count(parts), format_count(whole)));
  }

  void plan() {
    if (!receipt().known || !facts_.plan_knows) return;
    // A topology's request may have several traces.
    const std::uint64_t requests =
        receipt().trees ? receipt().trees->sampled : receipt().traces_expected;
    ledger_.stages.push_back({SpanStage::requests, requests, CountedBy::plan, 0, 0, {}, false});
    add(SpanStage::expected, receipt().expected + receipt().uncertain_spans, CountedBy::plan);
  }

  void target() {
    const auto& self = segment_.self_counts;
    if (!self || !facts_.counts_all) {
      for (const SpanStage stage : {SpanStage::started, SpanStage::sampled, SpanStage::ended,
                                    SpanStage::queued, SpanStage::exported})
        add(stage, std::nullopt, CountedBy::nobody);
      ledger_.words = segment_.export_words;
      return;
    }
    // Spans of requests without the flag are started too, and no surplus.
    const std::uint64_t wanted = flow_.value_or(self->sampled);
    add(SpanStage::started, std::min(self->started, std::max(wanted, self->sampled)),
        CountedBy::sdk);
    add(SpanStage::sampled, self->sampled, CountedBy::sdk, {}, facts_.drops_on_purpose);
    add(SpanStage::ended, self->ended, CountedBy::sdk);
    add(SpanStage::queued, above(self->ended, self->dropped), CountedBy::sdk,
        {{"dropped by the target's queue", self->dropped}});
    // A target counts what is rejected among what failed.
    const std::uint64_t rejected = std::min(self->failed, receipt().rejected_spans);
    std::vector<NamedLoss> named{
        {"failed to export", self->failed - rejected},
        {"rejected by the sink, as it was told to", rejected},
        {"still in the target when it ended",
         above(self->ended, self->dropped + self->exported + self->failed)}};
    if (self->failed == rejected) ledger_.words = segment_.export_words;
    if (!segment_.export_words.empty() && self->failed > rejected)
      named.front().why += fmt::format(" (its SDK says: {})", segment_.export_words);
    add(SpanStage::exported, self->exported, CountedBy::sdk, std::move(named));
    adds_up(self->sampled, self->started, "more spans sampled than started");
    adds_up(self->ended, self->sampled, "more spans ended than sampled");
    adds_up(self->dropped + self->exported + self->failed, self->ended,
            "more spans dropped, exported or failed than ended");
  }

  void collector() {
    if (facts_.relay.empty()) return;
    const auto page = segment_.service_metrics.find(facts_.relay);
    const auto counts =
        page == segment_.service_metrics.end() ? std::nullopt : collector_counts(page->second);
    if (!counts) {
      add(SpanStage::collected, std::nullopt, CountedBy::nobody);
      add(SpanStage::forwarded, std::nullopt, CountedBy::nobody);
      return;
    }
    const std::string who = "'" + facts_.relay + "'";
    add(SpanStage::collected, counts->accepted, CountedBy::collector,
        {{"refused by " + who, counts->refused}});
    // It counts each failed try of what it sends again.
    const std::uint64_t lost = above(counts->accepted, counts->sent);
    const std::uint64_t failed = std::min(lost, counts->send_failed + counts->enqueue_failed);
    const std::uint64_t dropped = std::min(lost - failed, counts->processor_dropped);
    add(SpanStage::forwarded, counts->sent, CountedBy::collector,
        {{who + " failed to send them on", failed}, {"dropped by a processor of " + who, dropped}},
        facts_.drops_on_purpose);
    adds_up(counts->sent, counts->accepted, who + " sent more spans than it took");
  }

  void sink() {
    if (receipt().sink_failure) {
      add(SpanStage::received, std::nullopt, CountedBy::nobody);
      return;
    }
    const auto* forwarded = ledger_.find(SpanStage::forwarded);
    const auto* exported = ledger_.find(SpanStage::exported);
    const bool known_before = forwarded != nullptr ? forwarded->count.has_value()
                                                   : exported != nullptr && exported->count;
    const auto* sampled = ledger_.find(SpanStage::sampled);
    const bool unseen_sampler =
        sampled == nullptr || !sampled->count || (forwarded != nullptr && !forwarded->count);
    const LedgerStage& last =
        add(SpanStage::received, receipt().received + receipt().uncertain_spans, CountedBy::sink,
            {}, facts_.drops_on_purpose && unseen_sampler);
    // A payload that was taken though its answer got lost counts as failed, and came.
    const std::uint64_t may_have_come =
        forwarded == nullptr && segment_.self_counts ? segment_.self_counts->failed : 0;
    if (known_before && last.more > may_have_come + receipt().duplicates)
      contradicts(fmt::format("{} spans more came to the sink than were sent to it",
                              format_count(last.more)));
  }

  /// Who came further was there.
  void infer() {
    std::optional<std::uint64_t> further;
    for (auto stage = ledger_.stages.rbegin(); stage != ledger_.stages.rend(); ++stage) {
      if (stage->count) {
        further = stage->count;
      } else if (further.value_or(0) > 0) {
        stage->count = further;
        stage->by = CountedBy::inferred;
      }
    }
  }

  const SegmentRecord& segment_;
  const LedgerFacts& facts_;
  SpanLedger ledger_;
  std::optional<std::uint64_t> flow_;  // the last count
  SpanStage last_ = SpanStage::requests;
};

/// "otelcol_exporter_sent_spans_total{exporter=\"otlp_http\",...}" -> the part before the labels,
/// without "_total", and the value of the label `exporter`.
struct MetricName {
  std::string_view family, exporter;
};

MetricName read_name(std::string_view name) {
  constexpr std::string_view kTotal = "_total", kExporter = "exporter=\"";
  MetricName read{name.substr(0, name.find('{')), {}};
  if (read.family.ends_with(kTotal)) read.family.remove_suffix(kTotal.size());
  const std::size_t label = name.find(kExporter);
  if (label != name.npos) {
    read.exporter = name.substr(label + kExporter.size());
    read.exporter = read.exporter.substr(0, read.exporter.find('"'));
  }
  return read;
}

bool only_prints(std::string_view exporter) {
  const std::string_view kind = exporter.substr(0, exporter.find('/'));
  return kind == "debug" || kind == "logging" || kind == "nop" || kind == "file";
}

}  // namespace

const LedgerStage* SpanLedger::find(SpanStage stage) const {
  const auto found = std::ranges::find(stages, stage, &LedgerStage::stage);
  return found == stages.end() ? nullptr : &*found;
}

LedgerFacts ledger_facts(const Suite& suite, const TargetSpec& target, const ArmSpec& arm) {
  LedgerFacts facts;
  if (const ServiceSpec* relay = relay_of(suite, target, arm)) facts.relay = relay->name;
  // Of spans that are counted in place only the counts are exported.
  facts.counts_all = std::ranges::count_if(services_of(suite, target), &ServiceSpec::traced) == 1 &&
                     !keeps_processes(suite) && !arm.counts_spans;
  facts.drops_on_purpose = arm.keeps.has_value() || arm.counts_spans ||
                           (arm.sampler && !keeps_all_or_none(arm.sampler->name));
  facts.plan_knows = sampling_of(suite, target) == Sampling::caller;
  return facts;
}

bool keeps_all_or_none(std::string_view sampler) {
  return sampler.empty() || sampler == "always_on" || sampler == "always_off" ||
         sampler.starts_with("parentbased_");
}

SpanLedger make_ledger(const SegmentRecord& segment, const LedgerFacts& facts) {
  return Walk{segment, facts}.take();
}

std::optional<CollectorCounts> collector_counts(const ServiceMetrics& metrics) {
  CollectorCounts counts;
  std::map<std::string, std::uint64_t, std::less<>> sent;
  bool any = false;
  for (const auto& [name, value] : metrics) {
    const auto [family, exporter] = read_name(name);
    if (!family.starts_with("otelcol_")) continue;
    any = true;
    const auto spans = static_cast<std::uint64_t>(std::max(0.0, value));
    const auto notes_exporter = [&] {
      if (!exporter.empty() &&
          std::ranges::find(counts.exporters, exporter) == counts.exporters.end())
        counts.exporters.emplace_back(exporter);
    };
    if (family == "otelcol_receiver_accepted_spans") counts.accepted += spans;
    if (family == "otelcol_receiver_refused_spans") counts.refused += spans;
    if (family == "otelcol_exporter_queue_size") counts.queue_size += spans;
    if (family == "otelcol_processor_dropped_spans" ||
        family == "otelcol_processor_filter_spans.filtered" ||
        family == "otelcol_processor_filter_spans_filtered")
      counts.processor_dropped += spans;
    if (family == "otelcol_exporter_send_failed_spans") counts.send_failed += spans;
    if (family == "otelcol_exporter_enqueue_failed_spans") counts.enqueue_failed += spans;
    if (family == "otelcol_exporter_sent_spans" && !only_prints(exporter))
      sent[std::string(exporter)] += spans;
    if (family.starts_with("otelcol_exporter_") && family.ends_with("_spans") && spans > 0)
      notes_exporter();
  }
  for (const auto& [exporter, spans] : sent) counts.sent = std::max(counts.sent, spans);
  return any ? std::optional{counts} : std::nullopt;
}

std::string leak_sentence(const SpanLedger& ledger) {
  if (!ledger.first_leak) return "";
  const SpanLeak& leak = *ledger.first_leak;
  std::vector<std::string> parts;
  for (const NamedLoss& loss : leak.named)
    parts.push_back(fmt::format("{} {}", format_count(loss.spans), loss.why));
  return fmt::format("{} of {} spans are lost between {} and {}{}{}", format_count(leak.lost),
                     format_count(leak.of), name_of(leak.after), name_of(leak.at),
                     parts.empty() ? "" : ": ", fmt::join(parts, ", "));
}

std::string losses_sentence(const SpanLedger& ledger) {
  if (!ledger.first_leak) return "";
  const SpanLeak& leak = *ledger.first_leak;
  // Plan and sink alone saw the spans: that is what the receipt says already.
  const bool seen = leak.after > SpanStage::expected || leak.at < SpanStage::received;
  if (!seen && ledger.words.empty()) return "";
  std::vector<std::string> parts;
  SpanStage before = SpanStage::requests;
  for (const LedgerStage& stage : ledger.stages) {
    if (stage.by == CountedBy::nobody || stage.by == CountedBy::inferred) continue;
    std::uint64_t rest = stage.on_purpose ? 0 : stage.lost;
    for (const NamedLoss& loss : stage.named) {
      parts.push_back(fmt::format("{} {}", format_count(loss.spans), loss.why));
      rest -= std::min(rest, loss.spans);
    }
    if (rest > 0 && seen)
      parts.push_back(fmt::format("{} lost between {} and {}", format_count(rest), name_of(before),
                                  name_of(stage.stage)));
    before = stage.stage;
  }
  return fmt::format("first leak between {} and {}{}{}{}{}", name_of(leak.after), name_of(leak.at),
                     parts.empty() ? "" : ": ", fmt::join(parts, ", "),
                     ledger.words.empty() ? "" : "; its SDK says: ", ledger.words);
}

}  // namespace tracetax
