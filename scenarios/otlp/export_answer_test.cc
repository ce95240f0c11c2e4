// Answers of receivers: right ones, and what a stranger may send in their place.
// SPDX-License-Identifier: Apache-2.0
#include "scenarios/otlp/export_answer.h"

#include <gtest/gtest.h>

#include <random>

#include "harness/load/session/grpc_frame.h"
#include "harness/otlp/proto/otlp_trace.pb.h"

namespace tracetax {
namespace {

std::string answer_of(std::int64_t rejected, const std::string& message) {
  otlp::ExportTraceServiceResponse response;
  response.mutable_partial_success()->set_rejected_spans(rejected);
  response.mutable_partial_success()->set_error_message(message);
  return response.SerializeAsString();
}

ExportAnswer read(OtlpProtocol protocol, std::string_view body) {
  return answer_reader(protocol)(body);
}

TEST(ExportAnswer, OfProtobufTellsWhatWasRejected) {
  for (const OtlpProtocol protocol : {OtlpProtocol::http_protobuf, OtlpProtocol::grpc}) {
    const auto sent = [&](const std::string& body) {
      return read(protocol, protocol == OtlpProtocol::grpc ? grpc_frame(body) : body);
    };
    EXPECT_TRUE(sent("").readable);
    EXPECT_EQ(sent("").rejected, 0U);
    const ExportAnswer partial = sent(answer_of(12, "too old"));
    EXPECT_TRUE(partial.readable);
    EXPECT_EQ(partial.rejected, 12U);
    EXPECT_EQ(partial.message, "too old");
    EXPECT_EQ(sent(answer_of(0, "soon no more")).message, "soon no more");
    EXPECT_FALSE(sent(answer_of(-1, "")).readable);
    EXPECT_FALSE(sent("<html>").readable);
    EXPECT_FALSE(sent("\x0a\x7f").readable) << "ends inside";
  }
  EXPECT_FALSE(read(OtlpProtocol::grpc, "").readable) << "no message";
  EXPECT_FALSE(read(OtlpProtocol::grpc, grpc_frame("") + "x").readable);
}

TEST(ExportAnswer, OfJsonTellsWhatWasRejected) {
  const auto json = [](std::string_view body) { return read(OtlpProtocol::http_json, body); };
  for (const char* success : {"", "{}", R"({"partialSuccess":{}})", R"({"partialSuccess":null})",
                              R"({"new": [1]})", R"({"partialSuccess":{"rejectedSpans":"0"}})"}) {
    EXPECT_TRUE(json(success).readable) << success;
    EXPECT_EQ(json(success).rejected, 0U) << success;
  }
  EXPECT_EQ(json(R"({"partialSuccess":{"rejectedSpans":"7"}})").rejected, 7U);
  EXPECT_EQ(json(R"({"partialSuccess":{"rejectedSpans":7,"errorMessage":"no"}})").message, "no");
  for (const char* wrong :
       {"[]", "7", "<html>", "{", R"({"partialSuccess":[]})", R"({"partialSuccess":"x"})",
        R"({"partialSuccess":{"rejectedSpans":"many"}})",
        R"({"partialSuccess":{"rejectedSpans":-1}})", R"({"partialSuccess":{"rejectedSpans":{}}})"})
    EXPECT_FALSE(json(wrong).readable) << wrong;
  EXPECT_FALSE(json(std::string(60'000, '[')).readable) << "deep";
  EXPECT_FALSE(json("{}" + std::string(70'000, ' ')).readable) << "longer than an answer is";
}

TEST(ExportAnswer, SurvivesWhateverComes) {
  std::mt19937 random(5);
  const std::string right = answer_of(12, "a message");
  for (int i = 0; i < 20'000; ++i) {
    std::string body = i % 2 == 0 ? right : R"({"partialSuccess":{"rejectedSpans":"7"}})";
    for (int changes = 1 + i % 3; changes > 0; --changes)
      body[random() % body.size()] = static_cast<char>(random());
    body.resize(random() % (body.size() + 1));
    for (const OtlpProtocol protocol :
         {OtlpProtocol::http_protobuf, OtlpProtocol::grpc, OtlpProtocol::http_json}) {
      const ExportAnswer answer = read(protocol, body);
      EXPECT_TRUE(answer.readable || answer.rejected == 0);
    }
  }
}

}  // namespace
}  // namespace tracetax
