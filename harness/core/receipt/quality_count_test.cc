// Trees that are as they should be, and each way in which they are not.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/quality_count.h"

#include <gtest/gtest.h>

#include "harness/core/receipt/receipt_testing.h"

namespace tracetax {
namespace {

using namespace testing;

constexpr std::uint64_t kUs = 1'000;
constexpr std::uint64_t kBeginNs = 1'700'000'000'000'000'000;

/// One trace of a request, span by span, on a clock of 1 ns.
class OneTrace : public ::testing::Test {
 protected:
  /// Returns its number; `parent` is one that was given before, or -1: the driver's.
  int span(int parent, std::uint64_t start_us, std::uint64_t end_us,
           SeenKind kind = SeenKind::internal) {
    SpanSeen span;
    const TraceContext caller = ids_.at(0);
    span.trace_id = caller.trace_id;
    span.span_id = own_span(spans_.size());
    span.parent_span_id =
        parent < 0 ? caller.span_id : spans_[static_cast<std::size_t>(parent)].span_id;
    span.start_unix_ns = kBeginNs + start_us * kUs + 7;
    span.end_unix_ns = kBeginNs + end_us * kUs + 3;
    span.arrived_unix_ns = kBeginNs + 60'000 * kUs;
    span.marks = static_cast<std::uint16_t>(kind);
    spans_.push_back(span);
    return static_cast<int>(spans_.size()) - 1;
  }
  [[nodiscard]] TraceQuality quality(RequestClass of = RequestClass::normal) const {
    const ExpectedSpans expected{
        .phases = {{.ids = ids_, .requests = 1, .not_sent = {}, .uncertain = {}, .classes = {of}}},
        .spans_per_request = static_cast<int>(spans_.size())};
    const Receipt receipt = receipt_of(expected, spans_);
    EXPECT_TRUE(receipt.quality.has_value());
    return receipt.quality.value_or(TraceQuality{});
  }

  RequestIds ids_ = ids_at(1);
  std::vector<SpanSeen> spans_;
};

TEST_F(OneTrace, WholeTreeHasNothingAgainstIt) {
  const int server = span(-1, 0, 100, SeenKind::server);
  const int inner = span(server, 10, 80);
  span(inner, 20, 30, SeenKind::client);
  span(server, 80, 90);
  const TraceQuality whole{.spans = 4,
                           .traces = 1,
                           .traces_sampled = 1,
                           .traces_recalled = 1,
                           .traces_whole = 1,
                           .spans_sampled = 4,
                           .spans_recalled = 4};
  EXPECT_EQ(quality(), whole);
}

/// func CreateOrder(ctx) { ctx, a := Start(ctx); ...; a.End(); ctx, b := Start(ctx); ... }: what
/// should be three siblings becomes a chain, each below one that has ended.
TEST_F(OneTrace, ShadowedContextMakesChildrenOfWhatHasEnded) {
  const int server = span(-1, 0, 100, SeenKind::server);
  const int logic = span(server, 1, 99);
  const int verify = span(logic, 2, 20);
  const int call = span(verify, 3, 19, SeenKind::client);  // within verify: as it should be
  const int create = span(verify, 21, 50);
  span(create, 51, 90);
  EXPECT_EQ(quality().late_parents, 2U);
  EXPECT_EQ(quality().traces_whole, 1U) << "as many spans below one root: the shape alone is right";
  EXPECT_EQ(clock_anomalies(quality()), 0U);
  (void)call;
}

TEST_F(OneTrace, MessagesComeAfterWhoSentThem) {
  const int server = span(-1, 0, 100, SeenKind::server);
  const int send = span(server, 10, 20, SeenKind::producer);
  span(send, 500, 600, SeenKind::consumer);
  span(send, 700, 800, SeenKind::internal);
  span(server, 900, 950, SeenKind::consumer);
  EXPECT_EQ(quality().late_parents, 0U);
}

TEST_F(OneTrace, LateOnPurposeIsNotAccused) {
  const int server = span(-1, 0, 100, SeenKind::server);
  span(server, 300, 400);
  EXPECT_EQ(quality(RequestClass::late).late_parents, 0U);
  EXPECT_EQ(quality(RequestClass::error).late_parents, 1U);
}

TEST_F(OneTrace, OutlivingItsParentIsNoFault) {
  const int server = span(-1, 0, 100, SeenKind::server);
  span(server, 99, 400);
  span(server, 100, 400);  // a few ns after the parent's end by this clock, within its resolution
  spans_.back().start_unix_ns = spans_[0].end_unix_ns;
  EXPECT_EQ(quality().late_parents, 0U);
}

TEST_F(OneTrace, CoarseClockCannotTellWhatIsWithinATick) {
  const int server = span(-1, 0, 2'000, SeenKind::server);
  span(server, 3'000, 4'000);
  for (SpanSeen& span : spans_) {
    span.start_unix_ns -= span.start_unix_ns % kMs;
    span.end_unix_ns -= span.end_unix_ns % kMs;
  }
  EXPECT_EQ(quality().late_parents, 0U);
  spans_[1].start_unix_ns += kMs;
  EXPECT_EQ(quality().late_parents, 1U);
}

TEST_F(OneTrace, ClocksOfTwoServicesAreComparedToAMillisecond) {
  const int server = span(-1, 1'500, 2'000, SeenKind::server);
  span(server, 2'900, 3'000);
  spans_[1].service = 1;
  EXPECT_EQ(quality().late_parents, 0U);
  spans_[1].start_unix_ns += 200 * kUs;
  EXPECT_EQ(quality().late_parents, 1U);
  spans_[1].start_unix_ns = spans_[0].start_unix_ns - 900 * kUs;
  EXPECT_EQ(quality().outside_parents, 0U);
  spans_[1].start_unix_ns -= 200 * kUs;
  EXPECT_EQ(quality().outside_parents, 1U);
}

TEST_F(OneTrace, TimesThatCannotBeAreClockAnomalies) {
  const int server = span(-1, 100, 50, SeenKind::server);
  span(server, 10, 20);
  span(server, 62'000, 63'000);
  spans_[2].parent_span_id = spans_[1].span_id;
  const TraceQuality seen = quality(RequestClass::late);
  EXPECT_EQ(seen.negative_durations, 1U);
  EXPECT_EQ(seen.outside_parents, 1U);
  EXPECT_EQ(seen.from_the_future, 1U);
  EXPECT_EQ(clock_anomalies(seen), 3U);
}

TEST_F(OneTrace, StampsThatAreMissingOrWildAccuseNobody) {
  const int server = span(-1, 0, 100, SeenKind::server);
  span(server, 200, 300);
  spans_[0].end_unix_ns = 0;
  spans_[1].arrived_unix_ns = 0;
  EXPECT_EQ(quality().late_parents + clock_anomalies(quality()), 0U);
  spans_[0].end_unix_ns = ~std::uint64_t{0};
  EXPECT_EQ(quality().late_parents + clock_anomalies(quality()), 0U);
}

TEST_F(OneTrace, OrphansAndSecondRootsAreNoWholeTree) {
  const int server = span(-1, 0, 100, SeenKind::server);
  span(server, 10, 20);
  span(-1, 30, 40);
  EXPECT_EQ(quality().many_roots, 1U);
  EXPECT_EQ(quality().orphans, 0U);
  EXPECT_EQ(quality().traces_whole, 0U);
  spans_[2].parent_span_id = own_span(77);
  EXPECT_EQ(quality().orphans, 1U);
  EXPECT_EQ(quality().many_roots, 1U);
  EXPECT_EQ(quality().traces_whole, 0U);
  spans_[0].parent_span_id = spans_[2].parent_span_id = spans_[1].span_id;
  EXPECT_EQ(quality().traces_whole, 0U) << "a circle";
}

TEST_F(OneTrace, MarksAreCountedAndTheCommonestOldNameIsTold) {
  const int server = span(-1, 0, 100, SeenKind::server);
  span(server, 10, 20);
  span(server, 30, 40);
  SpanMarks method, system;
  method.see("http.method", "GET");
  method.see("http.status_code", std::int64_t{404});
  system.see("rpc.system", "grpc");
  spans_[0].marks = method.marks(SeenKind::server, "GET /users/42", true, true);
  spans_[1].marks = spans_[2].marks = system.marks(SeenKind::client, "a/b", false, false);
  const TraceQuality seen = quality();
  EXPECT_EQ(seen.truncated, 1U);
  EXPECT_EQ(seen.raw_path_names, 1U);
  EXPECT_EQ(seen.client_errors_marked, 1U);
  EXPECT_EQ(seen.old_conventions, 3U);
  EXPECT_EQ(seen.old_convention_example, "rpc.system");
}

TEST(QualityCount, RecallIsOfWhatHadToCome) {
  const RequestIds ids = ids_at(1);
  ExpectedSpans expected{.phases = {{ids, 5, {}, {4}}}, .spans_per_request = 2};
  SpanSeen third = child_span(ids, 0), foreign = server_span(ids_at(1, 99), 0);
  third.span_id.bytes[1] = 9;
  // 0: one too many, 1: whole, 2: one lacks, 3: lost, 4: may come or not; one is nobody's.
  const Receipt receipt =
      receipt_of(expected, {server_span(ids, 0), child_span(ids, 0), third, server_span(ids, 1),
                            child_span(ids, 1), server_span(ids, 2), server_span(ids, 4), foreign});
  const TraceQuality wanted{.spans = 6,
                            .traces = 3,
                            .traces_sampled = 4,
                            .traces_recalled = 3,
                            .traces_whole = 1,
                            .spans_sampled = 8,
                            .spans_recalled = 5};
  EXPECT_EQ(receipt.quality, wanted);
}

TEST(QualityCount, WithoutAPlanThereIsNoRecall) {
  const RequestIds ids = ids_at(1);
  SpanSeen root = server_span(ids, 0);
  root.parent_span_id = {};
  const std::vector<SpanSeen> spans{root, child_span(ids, 0), child_span(ids, 1)};
  const TraceQuality wanted{.spans = 3, .traces = 2, .orphans = 1};
  EXPECT_EQ(count_receipt(spans, {}, 0).quality, wanted);
  EXPECT_EQ(count_receipt({}, {}, 0).quality, std::nullopt);
}

TEST(TraceQuality, CountsAddUpAndTheFirstExampleStays) {
  TraceQuality sum{.spans = 1, .late_parents = 2, .old_convention_example = "http.method"};
  add_quality({.spans = 3,
               .late_parents = 4,
               .raw_path_example = "GET /users/42",
               .old_convention_example = "http.url"},
              sum);
  const TraceQuality wanted{.spans = 4,
                            .late_parents = 6,
                            .raw_path_example = "GET /users/42",
                            .old_convention_example = "http.method"};
  EXPECT_EQ(sum, wanted);
}

}  // namespace
}  // namespace tracetax
