// SPDX-License-Identifier: Apache-2.0
#include "harness/core/ledger/diagnosis.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <functional>

namespace tracetax {
namespace {

/// 4 calm requests, 100 at once, 8 before SIGTERM and 8 without the flag; two spans each; all came.
SpanEvidence healthy() {
  SpanEvidence all;
  all.facts.sampler = "parentbased_always_on";
  all.facts.exporter = "otlp";
  all.facts.propagators = "tracecontext,baggage";
  SpanProbe& seen = all.as_it_is;
  seen.calm = {4, 4, 0};
  seen.burst = {100, 100, 0};
  seen.last = {8, 8, 0};
  seen.unsampled = {8, 0, 0};
  seen.spans_each = 2;
  Receipt& receipt = seen.segment.receipt;
  receipt.traces_expected = receipt.traces_received = 112;
  receipt.expected = receipt.received = 224;
  receipt.payloads = 6;
  receipt.batch_max = 100;
  receipt.attributes_per_span = 9;
  return all;
}

SpanEvidence with_self_counts(SpanEvidence all = healthy()) {
  all.as_it_is.segment.self_counts =
      SelfCounts{.started = 240, .sampled = 224, .ended = 224, .exported = 224};
  return all;
}

SelfCounts& self_of(SpanEvidence& all) { return *all.as_it_is.segment.self_counts; }
Receipt& receipt_of(SpanEvidence& all) { return all.as_it_is.segment.receipt; }

/// The SDK's page of metrics, as it was before the end of the target.
void with_page(SpanEvidence& all, double sampled, double live, double dropped, double failed,
               bool exporter = true) {
  ServiceMetrics& page = all.as_it_is.segment.service_metrics["app"];
  page = {{"otel_sdk_span_started_total{otel_span_sampling_result=\"DROP\"}", 16},
          {"otel_sdk_span_started_total{otel_span_sampling_result=\"RECORD_AND_SAMPLE\"}", sampled},
          {"otel_sdk_span_live{otel_span_sampling_result=\"RECORD_AND_SAMPLE\"}", live}};
  if (!exporter) return;
  page["otel_sdk_processor_span_processed_total{error_type=\"queue_full\"}"] = dropped;
  page["otel_sdk_exporter_span_exported_total{error_type=\"refused\"}"] = failed;
}

void nothing_comes(SpanEvidence& all) {
  SpanProbe& seen = all.as_it_is;
  for (ProbePhase* phase : {&seen.calm, &seen.burst, &seen.last}) phase->whole = phase->part = 0;
  Receipt& receipt = receipt_of(all);
  receipt.received = receipt.traces_received = receipt.payloads = receipt.batch_max = 0;
  receipt.attributes_per_span.reset();
  if (all.as_it_is.segment.self_counts) self_of(all).exported = 0;
}

void only_whole(SpanEvidence& all, std::uint64_t calm, std::uint64_t burst, std::uint64_t last) {
  SpanProbe& seen = all.as_it_is;
  seen.calm.whole = calm;
  seen.burst.whole = burst;
  seen.last.whole = last;
  receipt_of(all).received = 2 * (calm + burst + last);
  receipt_of(all).traces_received = calm + burst + last;
}

void with_collector(SpanEvidence& all, double accepted, double sent, double failed = 0) {
  all.facts.ledger.relay = "otel";
  all.as_it_is.segment.service_metrics["otel"] = {
      {"otelcol_receiver_accepted_spans", accepted},
      {"otelcol_exporter_sent_spans{exporter=\"otlp_http\"}", sent},
      {"otelcol_exporter_send_failed_spans{exporter=\"otlp_http\"}", failed}};
}

std::string names(const std::vector<Finding>& found) {
  std::vector<std::string> all;
  for (const Finding& finding : found)
    all.push_back(fmt::format("{}", fmt::join(finding.faults, "|")));
  return fmt::format("{}", fmt::join(all, " "));
}

struct Case {
  const char* title;
  std::string named;  // faults of one finding with | between, findings with blanks
  std::function<void(SpanEvidence&)> change;
  bool counts = false;  // the target counts its spans
};

void begun_anew(SpanEvidence& all) { receipt_of(all).unexpected_traces = 112; }

const Case kCases[] = {
    {"all is well", "", [](SpanEvidence&) {}},
    {"all is well, and counted", "", [](SpanEvidence&) {}, true},
    {"all is well behind a collector", "",
     [](SpanEvidence& all) { with_collector(all, 224, 224); }},
    {"a background job traces itself", "",
     [](SpanEvidence& all) { receipt_of(all).unexpected_traces = 5; }},

    {"not instrumented", "no_spans",
     [](SpanEvidence& all) {
       nothing_comes(all);
       self_of(all) = {};
     },
     true},
    {"rate 0", "rate_zero",
     [](SpanEvidence& all) {
       nothing_comes(all);
       self_of(all) = {.started = 240};
     },
     true},
    {"no exporter", "no_exporter",
     [](SpanEvidence& all) {
       nothing_comes(all);
       self_of(all).exporter = "none";
     },
     true},
    {"no exporter, and nothing is said of it", "no_exporter",
     [](SpanEvidence& all) { nothing_comes(all); }, true},
    {"nobody says why nothing comes", "rate_zero|no_exporter|wrong_address|no_spans",
     [](SpanEvidence& all) { nothing_comes(all); }},
    {"another sampler cures it", "rate_zero",
     [](SpanEvidence& all) {
       SpanProbe cured = all.as_it_is;
       cured.changed = "OTEL_TRACES_SAMPLER=always_on";
       all.changed.push_back(cured);
       nothing_comes(all);
     }},
    {"another endpoint cures it", "wrong_address",
     [](SpanEvidence& all) {
       SpanProbe cured = all.as_it_is;
       cured.changed = "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1";
       all.changed.push_back(cured);
       nothing_comes(all);
     }},
    {"another endpoint cures it, past the collector", "wrong_pipeline",
     [](SpanEvidence& all) {
       all.facts.ledger.relay = "otel";
       SpanProbe cured = all.as_it_is;
       cured.changed = "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1";
       all.changed.push_back(cured);
       nothing_comes(all);
     }},
    {"its SDK says that nobody is there", "wrong_address",
     [](SpanEvidence& all) {
       nothing_comes(all);
       all.as_it_is.segment.export_words = "traces export: dial tcp: connection refused";
     }},
    {"exports fail", "wrong_address",
     [](SpanEvidence& all) {
       nothing_comes(all);
       self_of(all).failed = 224;
     },
     true},
    {"the collector has no pipeline for traces", "wrong_pipeline",
     [](SpanEvidence& all) {
       nothing_comes(all);
       with_collector(all, 0, 0);
       self_of(all).failed = 224;
       all.as_it_is.segment.export_words = "traces export: 404 Not Found";
     },
     true},
    {"the collector is not where it exports to", "wrong_address",
     [](SpanEvidence& all) {
       nothing_comes(all);
       with_collector(all, 0, 0);
       all.as_it_is.segment.export_words = "traces export: connection refused";
     }},
    {"the collector cannot send on", "wrong_pipeline",
     [](SpanEvidence& all) {
       nothing_comes(all);
       with_collector(all, 224, 0, 224);
     }},
    {"the collector drops some", "wrong_pipeline",
     [](SpanEvidence& all) {
       only_whole(all, 4, 60, 8);
       with_collector(all, 224, 144);
     },
     true},
    {"the collector drops some on purpose", "",
     [](SpanEvidence& all) {
       only_whole(all, 4, 60, 8);
       with_collector(all, 224, 144);
       all.facts.ledger.drops_on_purpose = true;
     },
     true},
    {"no flush at the end", "no_shutdown", [](SpanEvidence& all) { only_whole(all, 4, 100, 0); }},
    {"no flush at the end of one of two services", "no_shutdown",
     [](SpanEvidence& all) {
       all.facts.ledger.counts_all = false;
       all.as_it_is.last = {8, 0, 8};
       receipt_of(all).orphans = 8;
     }},
    {"no flush at the end, and counted", "no_shutdown",
     [](SpanEvidence& all) {
       only_whole(all, 4, 100, 0);
       self_of(all).exported = 208;
     },
     true},
    {"no flush, and never time for a batch", "no_shutdown",
     [](SpanEvidence& all) {
       nothing_comes(all);
       self_of(all).exporter = "otlp";
     },
     true},

    {"the caller is not read", "no_propagator",
     [](SpanEvidence& all) {
       nothing_comes(all);
       receipt_of(all).received = 224;
       begun_anew(all);
     }},
    {"a service behind begins anew", "no_inject|no_propagator",
     [](SpanEvidence& all) {
       for (auto* phase : {&all.as_it_is.calm, &all.as_it_is.burst, &all.as_it_is.last})
         std::swap(phase->whole, phase->part);
       begun_anew(all);
       receipt_of(all).broken_propagation = {{"stock", 112}};
     }},
    {"it reads the context when it is asked itself", "no_inject",
     [](SpanEvidence& all) {
       for (auto* phase : {&all.as_it_is.calm, &all.as_it_is.burst, &all.as_it_is.last})
         std::swap(phase->whole, phase->part);
       begun_anew(all);
       receipt_of(all).broken_propagation = {{"stock", 112}};
       all.joins_when_asked["stock"] = true;
     }},
    {"an inner span is a root", "background_context",
     [](SpanEvidence& all) {
       for (auto* phase : {&all.as_it_is.calm, &all.as_it_is.burst, &all.as_it_is.last})
         std::swap(phase->whole, phase->part);
       begun_anew(all);
     }},
    {"a chain of siblings", "ctx_shadow",
     [](SpanEvidence& all) {
       receipt_of(all).quality = TraceQuality{.spans = 224, .late_parents = 112};
     }},
    {"attributes after the end", "ctx_shadow",
     [](SpanEvidence& all) { self_of(all).set_after_end = 112; }, true},

    {"one by one", "sync_exporter",
     [](SpanEvidence& all) {
       receipt_of(all).payloads = 224;
       receipt_of(all).batch_max = 1;
     }},
    {"one by one, behind a collector", "sync_exporter",
     [](SpanEvidence& all) {
       with_collector(all, 224, 224);
       self_of(all).processor = "simple";
     },
     true},
    {"many attributes", "many_attributes",
     [](SpanEvidence& all) { receipt_of(all).attributes_per_span = 128; }},

    {"never ended, and counted", "unended",
     [](SpanEvidence& all) {
       only_whole(all, 2, 50, 4);
       self_of(all).ended = self_of(all).exported = 168;
     },
     true},
    {"never ended, their children say", "unended",
     [](SpanEvidence& all) {
       only_whole(all, 2, 50, 4);
       receipt_of(all).orphans = 56;
     }},
    {"half of the traces do not come", "unended|sampler_ratio",
     [](SpanEvidence& all) { only_whole(all, 2, 50, 4); }},
    {"each trace has a span less", "unended|spans_per_request",
     [](SpanEvidence& all) {
       for (auto* phase : {&all.as_it_is.calm, &all.as_it_is.burst, &all.as_it_is.last})
         std::swap(phase->whole, phase->part);
     }},
    {"one of two services sends nothing",
     "unended|no_exporter|rate_zero|wrong_address|spans_per_request",
     [](SpanEvidence& all) {
       all.facts.ledger.counts_all = false;
       for (auto* phase : {&all.as_it_is.calm, &all.as_it_is.burst, &all.as_it_is.last})
         std::swap(phase->whole, phase->part);
       receipt_of(all).orphans = 112;
     }},
    {"every second trace has a span less", "unended",
     [](SpanEvidence& all) {
       all.as_it_is.calm = {4, 2, 2};
       all.as_it_is.burst = {100, 50, 50};
       all.as_it_is.last = {8, 4, 4};
     }},
    {"a ratio in the code, and counted", "sampler_ratio",
     [](SpanEvidence& all) {
       only_whole(all, 2, 50, 4);
       self_of(all).sampled = self_of(all).ended = self_of(all).exported = 112;
     },
     true},
    {"a full queue", "full_queue", [](SpanEvidence& all) { only_whole(all, 4, 50, 8); }},
    {"a full queue, and counted", "full_queue",
     [](SpanEvidence& all) {
       only_whole(all, 4, 50, 8);
       self_of(all).dropped = 100;
       self_of(all).exported = 124;
     },
     true},
    {"a page of the SDK, and all is well", "",
     [](SpanEvidence& all) { with_page(all, 208, 0, 0, 0); }},
    {"a page says that nothing is sampled", "rate_zero",
     [](SpanEvidence& all) {
       nothing_comes(all);
       with_page(all, 0, 0, 0, 0);
     }},
    {"a page without an exporter", "no_exporter",
     [](SpanEvidence& all) {
       nothing_comes(all);
       with_page(all, 208, 0, 0, 0, false);
     }},
    {"a page says that exports fail", "wrong_address",
     [](SpanEvidence& all) {
       nothing_comes(all);
       with_page(all, 208, 0, 0, 208);
     }},
    {"a page has spans that live on", "unended",
     [](SpanEvidence& all) {
       only_whole(all, 2, 50, 4);
       with_page(all, 208, 100, 0, 0);
     }},
    {"a page has spans that a queue dropped", "full_queue",
     [](SpanEvidence& all) {
       only_whole(all, 3, 50, 8);
       with_page(all, 208, 0, 100, 0);
     }},
    {"a page knows nothing of the last spans", "no_shutdown",
     [](SpanEvidence& all) {
       only_whole(all, 4, 100, 0);
       with_page(all, 208, 0, 0, 0);
     }},
    {"memory grows with every span", "leak",
     [](SpanEvidence& all) {
       all.memory = MemoryProbe{{10 << 20, 20 << 20, 30 << 20, 40 << 20, 50 << 20},
                                {9000, 9000, 9000, 9000}};
     }},
    {"a heap that has found its size", "",
     [](SpanEvidence& all) {
       all.memory = MemoryProbe{{10 << 20, 40 << 20, 45 << 20, 45 << 20, 44 << 20},
                                {9000, 9000, 9000, 9000}};
     }},

    {"the flag is not heeded", "code_over_env",
     [](SpanEvidence& all) { all.as_it_is.unsampled.whole = 8; }},
    {"a sampler by the environment need not heed the flag", "",
     [](SpanEvidence& all) {
       all.as_it_is.unsampled.whole = 8;
       all.facts.sampler = "always_on";
     }},
};

TEST(Diagnosis, NamesEachFaultAndNothingElse) {
  for (const Case& one : kCases) {
    SpanEvidence all = one.counts ? with_self_counts() : healthy();
    one.change(all);
    const std::vector<Finding> found = diagnose(all);
    EXPECT_EQ(names(found), one.named) << one.title;
    for (const Finding& finding : found) {
      EXPECT_FALSE(finding.evidence.empty()) << one.title;
      EXPECT_FALSE(finding.cause().empty());
      EXPECT_FALSE(finding.remedy().empty());
    }
  }
}

TEST(Diagnosis, TwoFaultsAreTwoFindings) {
  SpanEvidence all = healthy();
  only_whole(all, 4, 100, 0);
  receipt_of(all).attributes_per_span = 128;
  EXPECT_EQ(names(diagnose(all)), "no_shutdown many_attributes");
}

TEST(Diagnosis, OtherStartsAreMadeOnlyWhereNothingIsKnown) {
  SpanEvidence all = healthy();
  EXPECT_TRUE(worth_changing(all.facts, all.as_it_is).empty());
  nothing_comes(all);
  EXPECT_EQ(worth_changing(all.facts, all.as_it_is),
            std::vector<std::string>{"OTEL_TRACES_SAMPLER=always_on"});
  all.facts.ledger.relay = "otel";
  EXPECT_EQ(worth_changing(all.facts, all.as_it_is).back(), "OTEL_EXPORTER_OTLP_ENDPOINT={sink}");
  all.as_it_is.segment.export_words = "connection refused";
  EXPECT_TRUE(worth_changing(all.facts, all.as_it_is).empty());
}

}  // namespace
}  // namespace tracetax
