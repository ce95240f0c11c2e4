// SPDX-License-Identifier: Apache-2.0
#include "harness/core/request/request_times.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tracetax {
namespace {

TEST(RequestTimes, ResponseHoldsSampledAndUnsampledRequestsAlike) {
  RequestTimes times;
  times.response_sampled.record(100);
  times.response_unsampled.record(200, 3);
  times.service_sampled.record(7);
  const Histogram response = times.response();
  EXPECT_EQ(response.count(), 4);
  EXPECT_EQ(response.min(), 100);
  EXPECT_EQ(response.max(), 200);
  EXPECT_EQ(times.response_sampled.count(), 1);
}

TEST(RequestTimes, ServiceIsNotMixedWithResponse) {
  RequestTimes times;
  times.response_sampled.record(100);
  times.service_sampled.record(7);
  times.service_unsampled.record(9);
  EXPECT_EQ(times.service().count(), 2);
  EXPECT_EQ(times.service().max(), 9);
}

TEST(RequestTimes, MessagesAreTheFirstOfEachStreamAndThoseAfterAGap) {
  RequestTimes times;
  times.first_message.record(5, 2);
  times.message_gap.record(1, 7);
  EXPECT_EQ(times.messages(), 9U);
}

/// Each kind gets a count of its own, so that one that is listed twice or left out shows.
TEST(RequestTimes, EveryKindIsMergedAndPackedOnce) {
  RequestTimes times, total;
  std::set<std::string> names;
  std::int64_t kind = 0;
  for (const RequestTime& time : kRequestTimes) {
    (times.*time.histogram).record(1'000, ++kind);
    names.insert(time.name);
  }
  EXPECT_EQ(names.size(), std::size(kRequestTimes));
  times.pack();
  total.merge(times);
  total.merge(times);
  kind = 0;
  for (const RequestTime& time : kRequestTimes) {
    EXPECT_TRUE((times.*time.histogram).packed()) << time.name;
    EXPECT_EQ((total.*time.histogram).count(), 2 * ++kind) << time.name;
  }
}

}  // namespace
}  // namespace tracetax
