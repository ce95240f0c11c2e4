// SPDX-License-Identifier: Apache-2.0
#include "harness/core/void_hint.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

std::string after_colon(const std::string& hint) {
  return hint.substr(hint.find("load.rate=") + 10);
}

TEST(LowerRate, IsALittleBelowWhatWasAchieved) {
  EXPECT_EQ(lower_rate(2000.0, 2000, 1200), "lower the rate: --set load.rate=1000/s");
  EXPECT_EQ(after_colon(lower_rate(std::nullopt, 200, 33)), "28/s");
  EXPECT_EQ(after_colon(lower_rate(2000.0, 2000, 1979)), "1600/s");
  EXPECT_EQ(after_colon(lower_rate(2.0, 2, 0.5)), "0.42/s");
}

TEST(LowerRate, OfAShareIsALowerShare) {
  EXPECT_EQ(after_colon(lower_rate(CapacityShare{0.4}, 1000, 980)), "auto:0.33");
  EXPECT_EQ(after_colon(lower_rate(CapacityShare{0.2}, 1000, 600)), "auto:0.1");
  EXPECT_EQ(after_colon(lower_rate(CapacityShare{0.01}, 1000, 980)), "auto:0.0083");
}

TEST(LowerRate, IsNoNumberWhereNothingWasAnswered) {
  EXPECT_EQ(lower_rate(2000.0, 2000, 0), "lower the rate");
}

TEST(LowerRate, CanBeRead) {
  for (const double achieved : {0.0011, 0.7, 9.99, 123.4, 77'777.0}) {
    const auto rate = parse_offered_rate(after_colon(lower_rate(std::nullopt, 1e6, achieved)));
    ASSERT_TRUE(rate) << achieved;
    EXPECT_LT(std::get<double>(*rate), std::max(0.00101, achieved)) << achieved;
    const auto share =
        parse_offered_rate(after_colon(lower_rate(CapacityShare{0.9}, 1e5, achieved)));
    EXPECT_TRUE(share) << achieved;
  }
}

TEST(ErrorHint, GoesByTheMostFrequentKind) {
  EXPECT_NE(error_hint({{"closed", 400}, {"timeout", 3}}).find("gunicorn"), std::string::npos);
  EXPECT_NE(error_hint({{"timeout", 3}}).find("overloaded"), std::string::npos);
  EXPECT_NE(error_hint({{"status_302", 3}, {"reset", 1}}).find("redirects"), std::string::npos);
  EXPECT_NE(error_hint({{"status_401", 3}}).find("credentials"), std::string::npos);
  EXPECT_NE(error_hint({{"connect", 9}}).find("accepts no connections"), std::string::npos);
}

Receipt all_wrong_shape(std::uint64_t spans_each) {
  Receipt receipt;
  receipt.expected = receipt.traces_expected = 50;
  receipt.traces_received = receipt.wrong_shape_traces = 50;
  receipt.received = 50 * spans_each;
  return receipt;
}

TEST(ReceiptHint, NamesTheNumberOfSpansThatEveryTraceHas) {
  EXPECT_EQ(receipt_hint(all_wrong_shape(4), true).value(),
            "Each trace has 4 spans and not 1: set the target's spans_per_request to 4");
  Receipt uneven = all_wrong_shape(4);
  --uneven.received;
  EXPECT_FALSE(receipt_hint(uneven, true));
  Receipt loss = all_wrong_shape(4);
  loss.wrong_shape_traces = 3;
  EXPECT_FALSE(receipt_hint(loss, true));
}

TEST(ReceiptHint, TellsNoSpanFromUnaskedOnes) {
  Receipt receipt;
  receipt.expected = receipt.traces_expected = receipt.missing_traces = 50;
  EXPECT_NE(receipt_hint(receipt, true)->find("Not one span came"), std::string::npos);
  receipt.missing_traces = 0;
  receipt.unexpected_traces = 450;
  receipt.traces_received = receipt.received = 500;
  EXPECT_NE(receipt_hint(receipt, true)->find("parentbased"), std::string::npos);
  EXPECT_NE(receipt_hint(receipt, false)->find("should export nothing"), std::string::npos);
}

}  // namespace
}  // namespace tracetax
