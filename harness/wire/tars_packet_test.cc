// SPDX-License-Identifier: Apache-2.0
#include "harness/wire/tars_packet.h"

#include <gtest/gtest.h>

#include "harness/wire/testing.h"

namespace tracetax {
namespace {

using testing::bytes_of;

TarsRequest request() {
  TarsRequest request;
  request.request_id = 7;
  request.servant = "A.B.C";
  request.function = "Echo";
  request.buffer = "args";
  request.timeout_ms = 3000;
  request.status = {{"traceparent", "00-a"}};
  return request;
}

TarsResponse response() {
  TarsResponse response;
  response.request_id = 7;
  response.ret = -3;
  response.buffer = "results";
  response.status = {{"s", "t"}};
  response.description = "no such function";
  response.context = {{"c", "d"}, {"e", ""}};
  return response;
}

TEST(TarsPacket, WritesARequestByTheLayout) {
  std::string out;
  const std::size_t at = append_tars_request(request(), out);
  EXPECT_EQ(
      out,
      bytes_of(
          "0000003d 10 01 2c 3c 42 00000007 56 05 'A.B.C' 66 04 'Echo' 7d 00 00 04 'args' 81 0bb8"
          "98 0c a8 00 01 06 0b 'traceparent' 16 04 '00-a'"));
  EXPECT_EQ(at, 9U);
}

TEST(TarsPacket, WritesAResponseByTheLayout) {
  std::string out;
  append_tars_response(response(), out);
  EXPECT_EQ(
      out,
      bytes_of("00000040 10 01 2c 30 07 4c 50 fd 6d 00 00 07 'results' 78 00 01 06 01 's' 16 01 't'"
               "86 10 'no such function' 98 00 02 06 01 'c' 16 01 'd' 06 01 'e' 16 00"));
}

TEST(TarsPacket, ReadsWhatItWrites) {
  std::string bytes;
  append_tars_request(request(), bytes);
  TarsRequest read_request;
  read_request.context = {{"old", "old"}};
  ASSERT_TRUE(read_tars_request(bytes, read_request));
  EXPECT_EQ(read_request, request());
  bytes.clear();
  append_tars_response(response(), bytes);
  TarsResponse read_response;
  ASSERT_TRUE(read_tars_response(bytes, read_response));
  EXPECT_EQ(read_response, response());
}

TEST(TarsPacket, ReadsTheHeadOfAResponseAlone) {
  std::string bytes;
  append_tars_response(response(), bytes);
  TarsResponse read;
  ASSERT_TRUE(read_tars_response_head(bytes, read));
  EXPECT_EQ(read.request_id, 7);
  EXPECT_EQ(read.ret, -3);
  EXPECT_EQ(read.buffer, "results");
  EXPECT_EQ(read.description, "no such function");
  EXPECT_TRUE(read.status.empty());
}

TEST(TarsPacket, TheLastFieldsOfAResponseAreOptional) {
  const std::string bytes = bytes_of("00000011 1c 2c 30 07 4c 5c 6d 00 00 01 'r' 78 0c");
  TarsResponse read = response();
  ASSERT_TRUE(read_tars_response(bytes, read));
  EXPECT_EQ(read.description, "");
  EXPECT_TRUE(read.context.empty() && read.status.empty());
  EXPECT_TRUE(read_tars_response_head(bytes, read));
}

TEST(TarsPacket, EveryShorterInputIsRefused) {
  std::string one, two;
  append_tars_request(request(), one);
  append_tars_response(response(), two);
  TarsRequest read_request;
  TarsResponse read_response;
  for (std::size_t size = 0; size < one.size(); ++size) {
    EXPECT_FALSE(read_tars_request(std::string_view{one}.substr(0, size), read_request)) << size;
    // Also where the length tells the truth.
    std::string cut = one.substr(0, size);
    if (size >= 4) cut[3] = static_cast<char>(size);
    EXPECT_FALSE(read_tars_request(cut, read_request)) << size;
  }
  for (std::size_t size = 0; size < two.size(); ++size) {
    EXPECT_FALSE(read_tars_response(std::string_view{two}.substr(0, size), read_response)) << size;
    EXPECT_FALSE(read_tars_response_head(std::string_view{two}.substr(0, size), read_response))
        << size;
  }
}

}  // namespace
}  // namespace tracetax
