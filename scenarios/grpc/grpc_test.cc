// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc.h"

#include <gtest/gtest.h>

#include "harness/core/text/checkout_testing.h"
#include "harness/core/text/text_file.h"
#include "scenarios/grpc/testing.h"

namespace tracetax {
namespace {

const std::string kSuites = source_folder() + "/scenarios/suites";

Result<GrpcOptions> read(const std::string& options, const std::string& folder = kSuites) {
  return read_grpc_options({"calls", "grpc", Json::parse(options), folder});
}

std::string error_of(const std::string& options) {
  const auto read_options = read(options);
  return read_options ? "no error" : read_options.error().message;
}

/// From the options to the call, asking no server.
Result<GrpcCall> call(const std::string& options) {
  const auto read_options = read(options);
  if (!read_options) return failure(read_options.error());
  const auto schema = load_grpc_schema(*read_options, {});
  if (!schema) return failure(schema.error());
  return make_grpc_call(*read_options, *schema);
}

TEST(GrpcOptions, MakeACallFromAProtoFileBesideTheSuite) {
  const auto made =
      call(R"({"proto": "bench.proto", "method": "bench.v1.Bench/Echo", "data": {"text": "hi"},
                             "metadata": {"X-Key": "v"}, "deadline": "250ms", "expect": {"status": "NOT_FOUND"}})");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->path, "/bench.v1.Bench/Echo");
  EXPECT_EQ(made->kind, GrpcKind::unary);
  EXPECT_EQ(made->messages, (std::vector<std::string>{"\x0a\x02hi"}));
  EXPECT_EQ(made->metadata, (std::map<std::string, std::string>{{"x-key", "v"}}));
  EXPECT_EQ(made->deadline, std::chrono::milliseconds(250));
  EXPECT_EQ(made->expected_status, 5);
}

TEST(GrpcOptions, AreAllOptionalButTheMethod) {
  const auto options = read(R"({"method": "a.B/C"})");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_TRUE(options->protos.empty() &&
              options->descriptor_set.empty());  // so reflection is asked
  EXPECT_EQ(options->data, Json::object());
  EXPECT_FALSE(options->deadline || options->messages || options->tls);
  EXPECT_EQ(options->expected_status, 0);
  EXPECT_TRUE(read(R"({"method": "a.B/C", "reflection": true, "tls": true})")->tls);
}

TEST(GrpcOptions, TakeSeveralMessagesInTurn) {
  const auto made = call(
      R"({"proto": ["bench.proto"], "method": "bench.v1.Bench/Echo", "data": [{"text": "a"}, {}]})");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->messages, (std::vector<std::string>{"\x0a\x01"
                                                      "a",
                                                      ""}));
}

TEST(GrpcOptions, RepeatTheMessagesOfAClientStream) {
  const auto made =
      call(R"({"proto": "bench.proto", "method": "bench.v1.Bench/Collect", "messages": 3,
                             "data": [{"text": "a"}, {"text": "b"}]})");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->messages, (std::vector<std::string>{"\x0a\x01"
                                                      "a",
                                                      "\x0a\x01"
                                                      "b",
                                                      "\x0a\x01"
                                                      "a"}));
  const auto unary =
      call(R"({"proto": "bench.proto", "method": "bench.v1.Bench/Echo", "messages": 3})");
  ASSERT_FALSE(unary);
  EXPECT_EQ(unary.error().message,
            "messages: /bench.v1.Bench/Echo is a unary method, which takes one message a call");
}

TEST(GrpcOptions, NameTheMethodAndTheFieldThatAreWrong) {
  const auto method = call(R"({"proto": "bench.proto", "method": "bench.v1.Bench/Ecko"})");
  ASSERT_FALSE(method);
  EXPECT_TRUE(method.error().message.starts_with(
      "method: service bench.v1.Bench: unknown method 'Ecko'; did you mean 'Echo'?"));
  const auto data = call(
      R"({"proto": "bench.proto", "method": "bench.v1.Bench/Echo", "data": [{}, {"txt": 1}]})");
  ASSERT_FALSE(data);
  EXPECT_TRUE(
      data.error().message.starts_with("data[1].txt: unknown field 'txt'; did you mean 'text'?"))
      << data.error().message;
}

TEST(GrpcOptions, NameEveryMistakeAtOnce) {
  const std::string error =
      error_of(R"({"metod": "x", "proto": 5, "descriptor_set": "a", "deadline": "0",
    "messages": 0, "data": [], "metadata": {"grpc-timeout": "1S"}, "expect": {"status": "NOTFOUND", "body": 1},
    "tls": {"ca_file": "x"}})");
  for (const char* part :
       {"scenarios.calls: 'method' is missing; write \"method\": \"pkg.Service/Method\"",
        "scenarios.calls.metod: unknown key 'metod'; did you mean 'method'?",
        "scenarios.calls.proto: expected a text",
        "scenarios.calls: give one of proto, descriptor_set and reflection",
        "scenarios.calls.deadline: is 0",
        "scenarios.calls.messages: expected a whole number from 1",
        "scenarios.calls.data: an array of messages needs at least one",
        "scenarios.calls.metadata: 'grpc-timeout': names that begin with grpc- belong to gRPC "
        "itself",
        "scenarios.calls.expect.status: unknown gRPC status 'NOTFOUND'; did you mean 'NOT_FOUND'?",
        "scenarios.calls.expect.body: unknown key 'body'",
        "scenarios.calls.tls.ca_file: unknown key 'ca_file'"}) {
    EXPECT_NE(error.find(part), std::string::npos) << part << "\n" << error;
  }
}

TEST(GrpcOptions, RefuseWhatDoesNotGoTogether) {
  EXPECT_NE(error_of(R"({"method": "a.B/C", "import_paths": ["x"]})")
                .find("import_paths: goes with proto"),
            std::string::npos);
  EXPECT_NE(error_of(R"({"method": "a.B/C", "reflection": false})").find("is false, so give proto"),
            std::string::npos);
  EXPECT_NE(error_of(R"({"method": "a.B/C", "data": {}, "data_file": "x"})").find("not both"),
            std::string::npos);
}

TEST(GrpcOptions, ReadMessagesFromAFileBesideTheSuite) {
  const std::string folder = testing::TempDir();
  ASSERT_TRUE(write_file(folder + "/grpc_data.json", "// two\n[{\"text\": \"a\"},\n {}]"));
  ASSERT_TRUE(write_file(folder + "/grpc_wrong.json", "[{},\n {]"));
  const auto options = read(R"({"method": "a.B/C", "data_file": "grpc_data.json"})", folder);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->data.size(), 2U);
  const auto wrong = read(R"({"method": "a.B/C", "data_file": "grpc_wrong.json"})", folder);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("grpc_wrong.json:2: "), std::string::npos)
      << wrong.error().message;
}

TEST(GrpcMetadata, TakesWhatTheWireTakes) {
  EXPECT_TRUE(check_grpc_metadata({{"x-id", "a b~"}, {"Trace_1.a", ""}, {"sig-bin", "AP8="}}));
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"", "a"},
                                                        {"a b", "x"},
                                                        {":path", "/"},
                                                        {"x", "a\nb"},
                                                        {"x", "é"},
                                                        {"x-bin", "?"},
                                                        {"grpc-status", "0"},
                                                        {"TE", "x"},
                                                        {"traceparent", "x"},
                                                        {"content-type", "x"}}) {
    EXPECT_FALSE(check_grpc_metadata({{name, value}})) << name;
  }
  EXPECT_EQ(check_grpc_metadata({{"A", "1"}, {"a", "2"}}).error().message, "'a' is there twice");
}

TEST(GrpcStatus, IsANameOrANumber) {
  EXPECT_EQ(*parse_grpc_status("OK"), 0);
  EXPECT_EQ(*parse_grpc_status("UNAUTHENTICATED"), 16);
  EXPECT_EQ(*parse_grpc_status("5"), 5);
  for (const char* wrong : {"", "17", "-1", "ok", "5x"})
    EXPECT_FALSE(parse_grpc_status(wrong)) << wrong;
}

}  // namespace
}  // namespace tracetax
