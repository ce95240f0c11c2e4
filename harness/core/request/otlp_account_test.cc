// What came of exports, added up.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/otlp_account.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

TEST(OtlpAccount, AddsUpAndKeepsTheFirstMessage) {
  OtlpAccount sum;
  EXPECT_FALSE(sum.compression_ratio()) << "nothing was sent: not known";
  EXPECT_FALSE(sum.bytes_per_span());
  OtlpAccount one;
  one.spans_sent = 100;
  one.spans_accepted = 90;
  one.spans_rejected = 10;
  one.partial_successes = one.warnings = 1;
  one.retryable = {{"status_503", 2}};
  one.bytes_made = 4000;
  one.bytes_packed = 1000;
  one.bytes_sent = 1200;
  one.making_ns = 7;
  OtlpAccount two = one;
  one.message = "first";
  two.message = "second";
  two.retryable = {{"status_503", 1}, {"UNAVAILABLE", 4}};
  sum.merge(one);
  sum.merge(two);
  EXPECT_EQ(sum.spans_sent, 200U);
  EXPECT_EQ(sum.spans_accepted, 180U);
  EXPECT_EQ(sum.spans_rejected, 20U);
  EXPECT_EQ(sum.partial_successes, 2U);
  EXPECT_EQ(sum.warnings, 2U);
  EXPECT_EQ(sum.making_ns, 14U);
  EXPECT_EQ(sum.message, "first");
  EXPECT_EQ(sum.retryable.at("status_503"), 3U);
  EXPECT_EQ(sum.retryable.at("UNAVAILABLE"), 4U);
  EXPECT_DOUBLE_EQ(*sum.compression_ratio(), 4);
  EXPECT_DOUBLE_EQ(*sum.bytes_per_span(), 12);
}

TEST(OtlpAccount, KnowsAfterWhichErrorsAClientSendsAgain) {
  for (const char* kind : {"status_429", "status_502", "status_503", "status_504", "UNAVAILABLE",
                           "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"})
    EXPECT_TRUE(is_retryable(kind)) << kind;
  for (const char* kind : {"status_400", "status_500", "INVALID_ARGUMENT", "INTERNAL", "closed"})
    EXPECT_FALSE(is_retryable(kind)) << kind;
}

}  // namespace
}  // namespace tracetax
