// The codec stage and its formats: known bytes, round trips against the driver's own encoders
// (harness/wire/bench_messages.h) and libprotobuf's JSON, and bodies that are none.
// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/codec/codec.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <map>

#include "harness/wire/bench_messages.h"
#include "targets/request/exchange_fixture.h"
#include "targets/stages/application/application.h"
#include "targets/stages/proto/bench.pb.h"

namespace tracetax {
namespace {

const User kAnn{.id = 7, .name = "Ann \"<\u2028", .email = "a@b", .created_at = "now"};

User user_of(std::int64_t id, std::string created_at = "") {
  User user;
  user.id = id;
  user.created_at = std::move(created_at);
  return user;
}

std::string encoded(CodecKind kind, const Message& message) {
  std::string out;
  make_codec(kind)->encode(message, out);
  return out;
}

/// The message, or monostate if it is none.
Message decoded(CodecKind kind, Action endpoint, std::string_view body) {
  Message message = request_of(endpoint);
  if (!make_codec(kind)->decode(body, endpoint, message)) return {};
  return message;
}

TEST(JsonCodec, EscapesAsEncodingJsonDoes) {
  EXPECT_EQ(encoded(CodecKind::json, kAnn),
            R"({"id":7,"name":"Ann \"\u003c\u2028","email":"a@b","created_at":"now"})");
  EXPECT_EQ(encoded(CodecKind::json, Echo{"hi"}), R"({"text":"hi"})");
  EXPECT_EQ(encoded(CodecKind::json, {}), "");
}

TEST(ProtoJsonCodec, WritesWhatLibprotobufWrites) {
  for (const User& user :
       {kAnn, User{}, User{.id = -1, .name = "a\tb\x01", .email = "é", .created_at = "\\"}}) {
    bench::v1::User proto;
    proto.set_id(user.id);
    proto.set_name(user.name);
    proto.set_email(user.email);
    proto.set_created_at(user.created_at);
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = true;
    std::string theirs;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(proto, &theirs, options).ok());
    // Libprotobuf escapes <, > and the line separators, which Go's protojson does not: compare
    // values.
    bench::v1::User parsed;
    const std::string ours = encoded(CodecKind::protojson, user);
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(ours, &parsed).ok()) << ours;
    EXPECT_EQ(parsed.SerializeAsString(), proto.SerializeAsString());
    EXPECT_EQ(decoded(CodecKind::protojson, Action::create_user, theirs), Message(user)) << theirs;
  }
  EXPECT_EQ(encoded(CodecKind::protojson, user_of(7)),
            R"({"id":"7","name":"","email":"","createdAt":""})");
  EXPECT_EQ(encoded(CodecKind::protojson, kAnn),
            "{\"id\":\"7\",\"name\":\"Ann \\\"<\u2028\",\"email\":\"a@b\",\"createdAt\":\"now\"}");
}

TEST(ProtoJsonCodec, ReadsBothNamesAndBothFormsOfIntegers) {
  const auto read = [](std::string_view body) {
    return decoded(CodecKind::protojson, Action::create_user, body);
  };
  EXPECT_EQ(read(R"({"id":"5","created_at":"x"})"), Message(user_of(5, "x")));
  EXPECT_EQ(read(R"({"id":5,"createdAt":"x","more":{"a":[1]}})"), Message(user_of(5, "x")));
  EXPECT_EQ(read(R"({"id":null})"), Message(User{}));
  for (const char* bad :
       {"", "null", "[]", "{", R"({"id":"5x"})", R"({"id":1.5})", R"({"id":1,"id":2})",
        R"({"createdAt":"a","created_at":"b"})", R"({"name":5})", "{} x"}) {
    EXPECT_EQ(read(bad), Message()) << bad;
  }
  EXPECT_EQ(read(R"({"ID":5})"), Message(User{}));  // names are exact, others are ignored
}

constexpr std::pair<CodecKind, WireFormat> kBinary[] = {{CodecKind::protobuf, WireFormat::protobuf},
                                                        {CodecKind::thrift, WireFormat::thrift},
                                                        {CodecKind::jce, WireFormat::jce}};

TEST(BinaryCodecs, ReadTheDriversRequests) {
  for (const auto& [kind, format] : kBinary) {
    std::string query;
    encode_request(format, UserQuery{42}, query);
    EXPECT_EQ(decoded(kind, Action::get_user, query), Message(user_of(42)));
    std::string echo;
    encode_request(format, EchoText{"hello"}, echo);
    EXPECT_EQ(decoded(kind, Action::echo, echo), Message(Echo{"hello"}));
  }
}

TEST(BinaryCodecs, WriteAnswersThatTheDriverReads) {
  for (const auto& [kind, format] : kBinary) {
    BenchUser user;
    ASSERT_TRUE(decode_answer(format, encoded(kind, kAnn), user));
    EXPECT_EQ(user, (BenchUser{kAnn.id, kAnn.name, kAnn.email, kAnn.created_at}));
    EchoText echo;
    ASSERT_TRUE(decode_answer(format, encoded(kind, Echo{"hello"}), echo));
    EXPECT_EQ(echo.text, "hello");
  }
}

TEST(BinaryCodecs, WriteKnownBytes) {
  EXPECT_EQ(encoded(CodecKind::thrift, Echo{"hi"}),
            std::string("\x0c\0\0\x0b\0\1\0\0\0\2hi\0\0", 14));
  EXPECT_EQ(encoded(CodecKind::jce, Echo{"hi"}), "\x0c\x2a\x06\x02hi\x0b");
  EXPECT_EQ(encoded(CodecKind::protobuf, Echo{"hi"}), "\x0a\x02hi");
}

TEST(BinaryCodecs, NoPrefixOfARequestIsRead) {
  for (const auto kind : {CodecKind::thrift, CodecKind::jce}) {
    std::string body;
    encode_request(kind == CodecKind::jce ? WireFormat::jce : WireFormat::thrift, EchoText{"hello"},
                   body);
    for (std::size_t size = 0; size < body.size(); ++size) {
      EXPECT_EQ(decoded(kind, Action::echo, body.substr(0, size)), Message()) << size;
    }
  }
  EXPECT_EQ(decoded(CodecKind::protobuf, Action::echo, "\x0a\x09hi"), Message());
}

TEST(ThriftCodec, PassesOverUnknownFieldsAndRefusesWrongTypes) {
  // {1: {5: i32 1, 1: "hi"}}, then {1: {1: i32 1}}
  const std::string more("\x0c\0\1\x08\0\5\0\0\0\1\x0b\0\1\0\0\0\2hi\0\0", 21);
  EXPECT_EQ(decoded(CodecKind::thrift, Action::echo, more), Message(Echo{"hi"}));
  const std::string wrong("\x0c\0\1\x08\0\1\0\0\0\1\0\0", 12);
  EXPECT_EQ(decoded(CodecKind::thrift, Action::echo, wrong), Message());
}

/// Codec and application behind a route, as in a framework.
void serve(ExchangeFixture& f, const CodecSpec& spec, const Route& route) {
  f.exchange.route = &route;
  std::vector<StagePointer> stages;
  stages.push_back(make_stage(spec));
  stages.push_back(make_stage(ApplicationSpec{}));
  Chain(std::move(stages)).handle(f.exchange);
}

const Route kGet{"GET", "/users/{id}", Action::get_user};
const Route kPost{"POST", "/users", Action::create_user};
const Route kHealth{"GET", "/healthz", Action::health};
const Route kEcho{"", "Echo", Action::echo};

TEST(CodecStage, BindsParametersAndEncodesTheReply) {
  for (const auto binding : {Binding::parameters, Binding::maps, Binding::form}) {
    ExchangeFixture f;
    f.exchange.params.push({"id", "42"});
    f.exchange.query = "id=1&name=x%20y";
    serve(f, {.kind = CodecKind::json, .binding = binding}, kGet);
    EXPECT_EQ(f.exchange.status, 200U);
    EXPECT_EQ(f.exchange.answer, R"({"id":42,"name":"user-42","email":"user-42@example.com",)"
                                 R"("created_at":"2024-01-01T00:00:00Z"})");
    EXPECT_EQ(std::get<User>(f.exchange.request).name, binding == Binding::parameters ? "" : "x y");
  }
}

TEST(CodecStage, AWrongParameterIs400AndTheApplicationIsNotAsked) {
  for (const auto binding : {Binding::parameters, Binding::maps, Binding::form}) {
    ExchangeFixture f;
    f.exchange.params.push({"id", "4x"});
    serve(f, {.kind = CodecKind::protojson, .binding = binding}, kGet);
    EXPECT_EQ(f.exchange.status, 400U);
    const std::string where = binding == Binding::form ? R"(parsing field \"id\": )" : "";
    EXPECT_EQ(f.exchange.answer,
              R"({"error":")" + where + R"(strconv.ParseInt: parsing \"4x\": invalid syntax"})");
    EXPECT_EQ(f.exchange.reply, Message());
  }
}

TEST(CodecStage, CreatesAUserFromTheBody) {
  ExchangeFixture f;
  f.exchange.method = "POST";
  f.exchange.body = R"({"name":"Ann","email":"a@b"})";
  serve(f, {.kind = CodecKind::json}, kPost);
  EXPECT_EQ(f.exchange.status, 201U);
  EXPECT_EQ(std::get<User>(f.exchange.reply).name, "Ann");
  ExchangeFixture empty;
  empty.exchange.method = "POST";
  serve(empty, {.kind = CodecKind::json}, kPost);
  EXPECT_EQ(empty.exchange.status, 400U);
}

TEST(CodecStage, WithoutARouteOrAMessageTheAnswerIsLeftAlone) {
  ExchangeFixture f;
  f.exchange.status = 404;
  f.exchange.answer = "nothing here";
  chain_of(make_stage(CodecSpec{}), [](Exchange&) {}).handle(f.exchange);
  EXPECT_EQ(f.exchange.answer, "nothing here");
  ExchangeFixture health;
  serve(health, {.kind = CodecKind::protojson}, kHealth);
  EXPECT_EQ(health.exchange.answer, R"({"status":"ok"})");
}

TEST(CodecStage, ABinaryBodyThatIsNoneIs400WithoutJsonType) {
  ExchangeFixture f;
  f.exchange.body = "\xff";
  serve(f, {.kind = CodecKind::thrift}, kEcho);
  EXPECT_EQ(f.exchange.status, 400U);
  EXPECT_EQ(f.exchange.content_type, "");
  EXPECT_NE(f.exchange.answer.find("no Thrift struct"), std::string::npos);
}

}  // namespace
}  // namespace tracetax
