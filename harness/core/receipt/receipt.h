// The receipt: spans expected = spans received, for one segment. Computed after the segment from
// what the sink kept and from what the request plan says, trace by trace. Pure; no sockets here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/receipt/keep_account.h"
#include "harness/core/receipt/service_names.h"
#include "harness/core/receipt/trace_quality.h"
#include "harness/core/receipt/tree_account.h"
#include "harness/core/receipt/tree_facts.h"
#include "harness/core/request/keep_rule.h"
#include "harness/core/request/request_class.h"
#include "harness/core/request/request_ids.h"
#include "harness/core/request/trace_context.h"
#include "harness/core/topology/span_tree.h"

namespace tracetax {

/// What the sink keeps of one received span once it has decoded it.
struct SpanSeen {
  TraceId trace_id;
  SpanId span_id;
  SpanId parent_span_id;  // all zero: none
  std::uint64_t start_unix_ns = 0;
  std::uint64_t end_unix_ns = 0;
  std::uint64_t arrived_unix_ns = 0;  // when its payload had arrived at the sink
  std::uint32_t service = 0;          // which service it came from, an index into ServiceNames
  std::uint16_t attributes = 0;  // its own, not those of its events; more than 65,535 count as that
  std::uint16_t events = 0;      // the same
  std::uint32_t bytes = 0;       // of the span alone, in protobuf and not compressed; 0: not known
  std::uint16_t name = 0;        // an index into TreeFacts::names; 0: names were not kept
  std::uint16_t marks = 0;       // what a look at its name and attributes found: span_marks.h
};

/// Requests whose trace ids are a function of (seed, number): one warm-up or one measured phase.
struct ExpectedPhase {
  RequestIds ids;
  std::uint64_t requests = 0;            // numbers [0, requests) were due
  std::vector<std::uint64_t> not_sent;   // of these, never put on the wire: must not arrive
  std::vector<std::uint64_t> uncertain;  // sent but not answered as expected: may or may not arrive
  std::vector<RequestClass> classes{};   // request k is classes[k % size]; empty: all normal
  std::vector<std::uint32_t> extra_spans{};  // request k leaves extra_spans[k % size] spans more
                                             // than the others do; empty: none does

  std::vector<std::uint16_t> trees{};  // request k left the tree ExpectedSpans::trees[trees[k]];
                                       // empty: nothing is known of trees

  [[nodiscard]] RequestClass class_of(std::uint64_t k) const {
    return classes.empty() ? RequestClass::normal : classes[k % classes.size()];
  }
  [[nodiscard]] std::uint16_t tree_of(std::uint64_t k) const {
    return k < trees.size() ? trees[k] : 0;
  }
  [[nodiscard]] std::uint32_t extra_of(std::uint64_t k) const {
    return extra_spans.empty() ? 0 : extra_spans[k % extra_spans.size()];
  }
};

/// What must arrive in a segment.
struct ExpectedSpans {
  std::vector<ExpectedPhase> phases;
  int spans_per_request = 1;   // of a sampled request, all processes of the target together
  int traces_per_request = 1;  // where the request itself carries spans: see carried_spans()
  /// Traces are dropped on purpose: these have to come. None: all that are sampled. With a rule the
  /// requests of all phases are sampled by their flag, so that each trace is known.
  std::optional<KeepRule> keeps{};
  /// Of a topology: each way that a request may take. With them the number of a request's spans is
  /// its tree's, and spans_per_request is not looked at.
  struct RequestTree {
    std::string request;  // "POST /order, sold_out"
    SpanTree tree;
    bool late =
        false;  // its caller did not wait for some of it, so spans may outlive their parents
  };
  std::vector<RequestTree> trees{};
  /// SERVER spans are counted in place: none of them comes, but spans that stand for so many
  /// (kRequestsKey).
  bool counted = false;
};

/// A service that begins traces of its own where it should go on with its caller's.
struct BrokenPropagation {
  std::string service;       // its service.name; empty if it gives none
  std::uint64_t traces = 0;  // that it began: no request's, and the first span has no parent
};

/// The account of one segment. `known` false: nobody knows what had to come, because the target
/// decides sampling and does not count its own spans. Then only `received` and what follows it mean
/// something.
struct Receipt {
  bool known = true;
  std::uint64_t expected = 0;  // spans
  std::uint64_t received = 0;  // distinct spans, those of uncertain traces aside
  std::uint64_t traces_expected = 0;
  std::uint64_t traces_received = 0;
  std::uint64_t missing_traces = 0;      // sampled by the plan, no span came
  std::uint64_t unexpected_traces = 0;   // came, though the plan says unsampled or never sent
  std::uint64_t wrong_shape_traces = 0;  // expected trace with another number of spans
  std::vector<BrokenPropagation> broken_propagation;  // those that began most first; these traces
                                                      // are among the unexpected ones
  std::uint64_t uncertain_spans = 0;  // distinct spans of traces that may or may not come
  std::uint64_t duplicates = 0;       // same trace and span id again (legal after a retry)
  std::uint64_t orphans = 0;          // in an expected trace: parent neither received nor the
                                      // driver's own span id
  std::uint64_t payloads = 0;
  std::uint64_t bytes = 0;  // of the payloads as received (compressed if they were)
  double batch_mean = 0;    // spans per payload
  std::uint64_t batch_max = 0;
  std::optional<double>
      attributes_per_span;  // means over the distinct spans; none where no span came
  std::optional<double> events_per_span;
  std::optional<double> bytes_per_span;  // each span alone: no resource, no scope, not compressed;
                                         // none where they came as JSON
  std::optional<double> export_delay_p50_ms;  // arrival at the sink minus span end
  std::optional<double> export_delay_p99_ms;
  std::optional<double> export_delay_max_ms;
  std::uint64_t malformed_payloads = 0;
  std::uint64_t refused_payloads = 0;  // sink memory was full: they were answered 503
  /// Other requests that the sink turned away, by reason in a few words, such as "unknown
  /// encoding br", "header authorization missing" or "fault: status 503".
  std::map<std::string, std::uint64_t> refusals;
  std::uint64_t rejected_spans = 0;  // told to their senders as a partial success
  std::uint64_t other_signals = 0;   // payloads of metrics and logs: taken, and not judged
  /// Where the sink was told to fail for a while: from the end of that to the first payload taken.
  std::optional<double> recovery_ms;
  std::optional<KeepAccount> keeps;     // none: nothing is dropped on purpose, and no request has
                                        // a class
  std::optional<TreeAccount> trees;     // none: no topology
  std::optional<TraceQuality> quality;  // none: nothing came or had to, or of an older record
  std::optional<std::string>
      sink_failure;  // the sink died or did not answer: nothing above is known

  /// Every expected trace is whole, nothing is unexpected, malformed or refused, and the sink is
  /// alive. With `known` false only the last three can be judged. Duplicates are legal, and so are
  /// refusals of what was never meant as traces, or was refused on purpose (refusals.h).
  [[nodiscard]] bool closes() const;
  /// It closes, or all that is wrong is that spans are missing: then the numbers of an arm that
  /// says so beforehand can be told, with the loss beside them.
  [[nodiscard]] bool only_loses() const;
  /// One sentence on what does not close; empty when it closes.
  [[nodiscard]] std::string reason() const;
};

/// Checks the spans against the plan. `payload_spans` holds the span count of each payload. The
/// phases must have different seeds.
///
/// Spans of a trace that the plan lists as uncertain count as neither expected nor unexpected. A
/// request listed as not sent stays so even if it is listed as uncertain too. The account always
/// adds up: received = spans of expected traces + spans of unexpected traces, and traces_expected -
/// missing_traces + unexpected_traces = traces_received. Export delays are those of the first copy
/// of each span that carries an end time.
///
/// With a keep rule a trace is expected if it came, or if it is of a class of which each has to
/// come. So a trace that was dropped on purpose is not missing, but one that came in part still has
/// a wrong shape. The account of all classes is in `keeps`, with what of the rule was broken.
///
/// With trees each trace is compared with its own (tree_check.h), and a trace that begins with a
/// link to a request's is expected where the tree says so.
///
/// Broken propagation is told from mere loss, and from a sampler that disagrees. A service is
/// blamed when most of the expected traces are incomplete and hold no span of it, while it began
/// traces of its own, at least one for a hundred of those. So a background job that traces itself
/// is not blamed for lost spans.
[[nodiscard]] Receipt make_receipt(const ExpectedSpans& expected, std::span<const SpanSeen> spans,
                                   std::span<const std::uint32_t> payload_spans,
                                   std::uint64_t bytes, const ServiceNames& services = {},
                                   const TreeFacts& facts = {});

/// The account when nothing is known about what must come (`known` false): what came, counted.
/// Orphans are then the spans that name a parent which did not come.
[[nodiscard]] Receipt count_receipt(std::span<const SpanSeen> spans,
                                    std::span<const std::uint32_t> payload_spans,
                                    std::uint64_t bytes);

/// The share of expected spans that did not come; nothing if that is not known.
[[nodiscard]] std::optional<double> lost_share(const Receipt& receipt);

/// How many spans must come (without the uncertain ones): the drain ends when the sink has as many.
/// Of linked traces too, but for batches.
[[nodiscard]] std::uint64_t spans_due(const ExpectedSpans& expected);

}  // namespace tracetax
