// The limits of a span, against those of Go's SDK v1.45 (sdk/trace/span.go, evictedqueue.go).
// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/span.h"

#include <gtest/gtest.h>

namespace tracetax {
namespace {

std::string truncated(std::string text, std::size_t limit) {
  truncate_text(text, limit);
  return text;
}

TEST(TruncateText, CutsBetweenCharacters) {
  EXPECT_EQ(truncated("value", 5), "value");
  EXPECT_EQ(truncated("value", 3), "val");
  EXPECT_EQ(truncated("value", 0), "");
  EXPECT_EQ(truncated("\u20ac\u20ac\u20ac", 2), "\u20ac\u20ac");
  EXPECT_EQ(truncated("a\U0001F600b\U0001F600", 3), "a\U0001F600b");
  EXPECT_EQ(truncated("\u20ac\u20ac\u20ac", 3), "\u20ac\u20ac\u20ac");
}

TEST(TruncateText, LeavesOutWhatIsNoTextOnlyWhereItCuts) {
  EXPECT_EQ(truncated("\x80zz", 3), "\x80zz");
  EXPECT_EQ(truncated("\x80zzzz", 3), "zzz");
  EXPECT_EQ(truncated("a\xc0\xafzz\xe2\x82", 9), "a\xc0\xafzz\xe2\x82");
  EXPECT_EQ(truncated("a\xc0\xafzz\xe2\x82", 3), "azz");
  EXPECT_EQ(truncated("\xed\xa0\x80xyz", 2), "xy");  // a surrogate
}

TEST(SpanData, LongTextsAreCutAlsoInArrays) {
  SpanData span;
  const SpanLimits limits{.attributes = 3, .value_length = 2};
  span.append({{"text", std::string("abc")},
               {"texts", std::vector<std::string>{"a", "abc"}},
               {"number", std::int64_t{12345}}},
              limits);
  // One more than there is room for: the known key is changed, the new one dropped.
  span.append({{"text", std::string("xyz")}, {"more", true}}, limits);
  EXPECT_EQ(span.attributes, (Attributes{{"text", std::string("xy")},
                                         {"texts", std::vector<std::string>{"a", "ab"}},
                                         {"number", std::int64_t{12345}}}));
  EXPECT_EQ(span.dropped_attributes, 1U);
}

TEST(SpanData, WithoutALimitNothingIsDropped) {
  SpanData span;
  const SpanLimits limits{.attributes = kUnlimited, .events = kUnlimited};
  for (int i = 0; i < 300; ++i) {
    span.append({{"k", std::int64_t{i}}}, limits);
    span.add_event({}, limits);
  }
  EXPECT_EQ(span.attributes.size(), 300U);
  EXPECT_EQ(span.events.size(), 300U);
}

TEST(SpanData, OfTooManyEventsAndLinksTheOldestGo) {
  SpanData span;
  const SpanLimits limits{.events = 2, .links = 1, .event_attributes = 1, .link_attributes = 0};
  for (const std::int64_t time : {1, 2, 3}) {
    span.add_event({time, "e", {{"a", true}, {"b", true}}}, limits);
    SpanLink link;
    link.context.flags = static_cast<std::uint8_t>(time);
    link.attributes = {{"a", true}};
    span.add_link(std::move(link), limits);
  }
  ASSERT_EQ(span.events.size(), 2U);
  EXPECT_EQ(span.events[0].time_ns, 2);
  EXPECT_EQ(span.dropped_events, 1U);
  EXPECT_EQ(span.events[1].attributes, (Attributes{{"a", true}}));
  EXPECT_EQ(span.events[1].dropped_attributes, 1U);
  ASSERT_EQ(span.links.size(), 1U);
  EXPECT_EQ(span.links[0].context.flags, 3);
  EXPECT_EQ(span.links[0].dropped_attributes, 1U);
  EXPECT_EQ(span.dropped_links, 2U);
}

TEST(SpanData, ALimitOfZeroKeepsNone) {
  SpanData span;
  const SpanLimits limits{.attributes = 0, .events = 0, .links = 0};
  span.append({{"a", true}}, limits);
  span.add_event({}, limits);
  span.add_link({}, limits);
  EXPECT_TRUE(span.attributes.empty() && span.events.empty() && span.links.empty());
  EXPECT_EQ(span.dropped_attributes + span.dropped_events + span.dropped_links, 3U);
}

}  // namespace
}  // namespace tracetax
