// The receipt of two services in a row: who is to blame when traces come in pieces.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>

#include "harness/core/receipt/receipt_testing.h"

namespace tracetax {
namespace {

using namespace testing;

// A chain of two services: `front` makes a server and a client span, `back` a server span below it.
class Chain : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kRequests = 200;

  static SpanSeen with_service(SpanSeen span, std::uint32_t service) {
    span.service = service;
    return span;
  }
  [[nodiscard]] std::vector<SpanSeen> front_spans(std::uint64_t k) const {
    return {with_service(server_span(ids_, k), front_), with_service(child_span(ids_, k), front_)};
  }
  [[nodiscard]] SpanSeen back_span(std::uint64_t k) const {
    SpanSeen span = with_service(child_span(ids_, k), back_);
    span.parent_span_id = span.span_id;
    span.span_id.bytes[0] = 0xef;
    return span;
  }
  /// A trace that a service begins by itself.
  static SpanSeen root_span(std::uint64_t number, std::uint32_t service) {
    const TraceContext own = RequestIds(4711, SampleRate::make(1).value()).at(number);
    return with_service({own.trace_id, own.span_id, {}, 100 * kMs, 101 * kMs, 103 * kMs}, service);
  }
  void add(std::vector<SpanSeen> spans) { spans_.insert(spans_.end(), spans.begin(), spans.end()); }
  [[nodiscard]] Receipt receipt() const {
    return make_receipt(expected_, spans_, {}, 0, services_);
  }

  ServiceNames services_;
  std::uint32_t front_ = services_.index_of("shop"), back_ = services_.index_of("shop-back");
  RequestIds ids_ = ids_at(1);
  ExpectedSpans expected_{.phases = {{ids_, kRequests, {}, {}}}, .spans_per_request = 3};
  std::vector<SpanSeen> spans_;
};

TEST_F(Chain, ClosesWhenBothServicesShareTheTrace) {
  for (std::uint64_t k = 0; k < kRequests; ++k) {
    add(front_spans(k));
    add({back_span(k)});
  }
  EXPECT_TRUE(receipt().closes()) << receipt().reason();
  EXPECT_EQ(receipt().received, 3 * kRequests);
}

TEST_F(Chain, BackThatBeginsTracesOfItsOwnIsNamed) {
  for (std::uint64_t k = 0; k < kRequests; ++k) {
    add(front_spans(k));
    add({root_span(k, back_)});
  }
  const Receipt broken = receipt();
  ASSERT_EQ(broken.broken_propagation.size(), 1U);
  EXPECT_EQ(broken.broken_propagation[0].service, "shop-back");
  EXPECT_EQ(broken.broken_propagation[0].traces, kRequests);
  EXPECT_EQ(broken.reason(),
            "broken propagation: service 'shop-back' began 200 traces of its own instead of going "
            "on with its "
            "caller's; 200 of 200 expected traces have a wrong number of spans");
}

TEST_F(Chain, TheBackTracesEveryRequestWhenFewAreSampled) {
  ids_ = ids_at(0.1);
  expected_.phases[0].ids = ids_;
  for (std::uint64_t k = 0; k < kRequests; ++k) {
    if (ids_.at(k).sampled()) add(front_spans(k));
    add({root_span(k, back_)});
  }
  EXPECT_EQ(receipt().broken_propagation.at(0).traces, kRequests);
}

TEST_F(Chain, FrontThatDoesNotTakeUpTheDriversContextIsNamed) {
  for (std::uint64_t k = 0; k < kRequests; ++k) {
    SpanSeen below = root_span(k, back_);
    below.parent_span_id = below.span_id;
    below.span_id.bytes[0] ^= 0xff;
    add({root_span(k, front_), below});
  }
  const Receipt broken = receipt();
  ASSERT_EQ(broken.broken_propagation.size(), 1U);
  EXPECT_EQ(broken.broken_propagation[0].service, "shop");
  EXPECT_EQ(broken.missing_traces, kRequests);
}

TEST_F(Chain, MereLossIsNoBrokenPropagation) {
  for (std::uint64_t k = 0; k < kRequests; ++k) {
    add(front_spans(k));
    if (k % 50 == 0) add({back_span(k)});
  }
  EXPECT_FALSE(receipt().closes());
  EXPECT_TRUE(receipt().broken_propagation.empty()) << receipt().reason();
}

TEST_F(Chain, ASamplerThatDisagreesIsNoBrokenPropagation) {
  expected_.phases[0].ids = ids_at(0);
  for (std::uint64_t k = 0; k < kRequests; ++k) {
    add(front_spans(k));
    add({back_span(k)});
  }
  EXPECT_EQ(receipt().unexpected_traces, kRequests);
  EXPECT_TRUE(receipt().broken_propagation.empty());
}

TEST_F(Chain, AJobThatTracesItselfIsNotBlamedForLostSpans) {
  for (std::uint64_t k = 0; k < kRequests; ++k) {
    if (k < 40) add(front_spans(k));
    if (k < 40) add({back_span(k)});
  }
  add({root_span(1, front_)});
  EXPECT_TRUE(receipt().broken_propagation.empty()) << receipt().reason();
  EXPECT_EQ(receipt().unexpected_traces, 1U);
}

TEST_F(Chain, AJobThatTracesItselfIsNotBlamedForAFewLostSpans) {
  for (std::uint64_t k = 5; k < kRequests; ++k) {
    add(front_spans(k));
    add({back_span(k)});
  }
  for (std::uint64_t number = 0; number < 5; ++number) add({root_span(number, back_)});
  EXPECT_EQ(receipt().missing_traces, 5U);
  EXPECT_TRUE(receipt().broken_propagation.empty()) << receipt().reason();
}

TEST_F(Chain, ServicesWithoutNamesAreNamedSo) {
  services_ = {};
  for (std::uint64_t k = 0; k < kRequests; ++k) add({root_span(k, 0)});
  EXPECT_NE(receipt().reason().find("a service without a name began 200 traces"),
            std::string::npos);
}

// Whatever is lost on the way and wherever the chain breaks: the service behind the break is the
// one that is named, with the traces that it began, and without a break nobody is.
TEST_F(Chain, UnderRandomLossesTheServiceBehindTheBreakIsNamed) {
  std::mt19937_64 random(20261120);
  for (int round = 0; round < 100; ++round) {
    spans_.clear();
    ids_ = ids_at(round % 2 == 0 ? 1 : 0.2, random());
    expected_.phases[0].ids = ids_;
    const bool broken = round % 3 != 0;
    const double loss = std::uniform_real_distribution<double>(0, 0.4)(random);
    const auto arrives = [&] { return !std::bernoulli_distribution(loss)(random); };
    std::uint64_t begun = 0;
    for (std::uint64_t k = 0; k < kRequests; ++k) {
      const bool sampled = ids_.at(k).sampled();
      for (const SpanSeen& span : front_spans(k)) {
        if (sampled && arrives()) add({span});
      }
      if ((broken || sampled) && arrives()) {
        add({broken ? root_span(k, back_) : back_span(k)});
        begun += broken ? 1 : 0;
      }
    }
    std::shuffle(spans_.begin(), spans_.end(), random);
    const Receipt receipt = this->receipt();
    EXPECT_EQ(receipt.broken_propagation.size(), broken ? 1U : 0U) << receipt.reason();
    if (!broken || receipt.broken_propagation.empty()) continue;
    EXPECT_EQ(receipt.broken_propagation[0].service, "shop-back");
    EXPECT_EQ(receipt.broken_propagation[0].traces, begun);
    EXPECT_EQ(receipt.unexpected_traces, begun);
    EXPECT_FALSE(receipt.closes());
  }
}

}  // namespace
}  // namespace tracetax
