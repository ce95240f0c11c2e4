// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc_message.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "scenarios/grpc/grpc_schema.h"
#include "scenarios/grpc/testing.h"

namespace tracetax {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DynamicMessageFactory;
using google::protobuf::Message;

class GrpcMessage : public testing::Test {
 protected:
  /// The bytes in hex, or the error.
  std::string encode(const std::string& json, const Descriptor* type = nullptr) {
    const auto bytes =
        encode_grpc_message(Json::parse(json), type == nullptr ? *kinds_ : *type, "data");
    return bytes ? to_hex(*bytes) : bytes.error().message;
  }
  /// The bytes that the library makes of the same JSON, in hex.
  std::string encode_by_library(const std::string& json, const Descriptor* type = nullptr) {
    const std::unique_ptr<Message> message(
        factory_.GetPrototype(type == nullptr ? kinds_ : type)->New());
    const auto status = google::protobuf::util::JsonStringToMessage(json, message.get());
    return status.ok() ? to_hex(message->SerializeAsString()) : std::string(status.message());
  }

  const GrpcSchema schema_ = test_schema("kinds.proto");
  const GrpcSchema old_schema_ = test_schema("old.proto");
  const Descriptor* kinds_ = schema_.find_method("kinds.v1.Test/Take")->input;
  const Descriptor* order_ = old_schema_.find_method("old.v1.Test/Take")->input;
  DynamicMessageFactory factory_;
};

TEST_F(GrpcMessage, EncodesEachScalarAsTheWireFormatSays) {
  EXPECT_EQ(encode("{}"), "");
  EXPECT_EQ(encode(R"({"a_double": 1.5})"), "09000000000000f83f");
  EXPECT_EQ(encode(R"({"a_float": -2})"), "15000000c0");
  EXPECT_EQ(encode(R"({"an_int32": 150})"), "189601");
  EXPECT_EQ(encode(R"({"an_int32": -1})"), "18ffffffffffffffffff01");
  EXPECT_EQ(encode(R"({"a_uint64": "18446744073709551615"})"), "30ffffffffffffffffff01");
  EXPECT_EQ(encode(R"({"a_sint32": -2147483648})"), "38ffffffff0f");
  EXPECT_EQ(encode(R"({"a_fixed32": 1})"), "4d01000000");
  EXPECT_EQ(encode(R"({"a_sfixed64": -1})"), "61ffffffffffffffff");
  EXPECT_EQ(encode(R"({"a_bool": true, "a_string": "hi"})"), "680172026869");
  EXPECT_EQ(encode(R"({"some_bytes": "AP8="})"), "7a0200ff");
  EXPECT_EQ(encode(R"({"colour": "BLUE"})"), "8001feffffffffffffffff01");
}

TEST_F(GrpcMessage, EncodesFieldsInTheOrderOfTheirNumbers) {
  EXPECT_EQ(encode(R"({"a_bool": true, "an_int32": 1})"), "18016801");
}

TEST_F(GrpcMessage, SendsADefaultOnlyWhereAbsenceDiffers) {
  EXPECT_EQ(
      encode(
          R"({"an_int32": 0, "a_string": "", "a_bool": false, "a_double": 0.0, "colour": 0, "some_bytes": ""})"),
      "");
  EXPECT_EQ(encode(R"({"maybe": 0})"), "900100");
  EXPECT_EQ(encode(R"({"number": 0})"), "c80200");
  EXPECT_EQ(encode(R"({"inner": {}})"), "8a0100");
  EXPECT_EQ(encode(R"({"int32_value": 0})"), "d20400");
  EXPECT_EQ(
      encode(R"({"maybe": null, "inner": null, "tags": null, "text": null, "int32_value": null})"),
      "");
}

TEST_F(GrpcMessage, PacksRepeatedNumbersUnlessToldOtherwise) {
  EXPECT_EQ(encode(R"({"packed": [1, -1]})"), "a201020201");
  EXPECT_EQ(encode(R"({"unpacked": [1, 0]})"), "a80101a80100");
  EXPECT_EQ(encode(R"({"tags": ["a", ""], "packed": []})"), "b2010161b20100");
}

TEST_F(GrpcMessage, ReadsWhatOnlyProto2Has) {
  EXPECT_EQ(encode(R"({"name": "", "size": "SMALL", "extra": {"a": 1}, "numbers": [7]})", order_),
            "0a0010011b20011c3007");
  EXPECT_EQ(encode(R"({"parts": [{"name": "x"}, {}]})", order_),
            "data: 'name' is missing; old.v1.Order requires it\n"
            "data.parts[1]: 'name' is missing; old.v1.Order requires it");
  EXPECT_EQ(encode(R"({"name": "x", "size": 3})", order_),
            "data.size: unknown value of enum old.v1.Size '3'; known: SMALL, LARGE");
}

TEST_F(GrpcMessage, AgreesWithTheLibraryOnValidJson) {
  for (
      const char* json : {
          R"({"aDouble": "NaN", "a_float": "-Infinity", "an_int64": "-9223372036854775808", "otherName": 3})",
          R"({"a_double": "1e-3", "a_float": 3.4028235e38, "an_int32": 1e5, "a_uint32": 4294967295.0})",
          R"({"some_bytes": "-_-_", "colours": ["RED", -2, 7]})",
          R"({"some_bytes": "AA"})",
          R"({"by_name": {"": 0}, "by_number": {"-5": {"tags": ["x"]}}, "by_truth": {"true": "AAA="}})",
          R"({"text": "", "renamed": -7})",
          R"({"at": "2024-02-29T12:30:00.5+01:00", "lasts": "-1.000000001s", "mask": "aB,c.d"})",
          R"({"any_object": {"a": [1, "x", null, true, {}]}, "any_list": [[], 2]})",
          R"({"any_value": null, "values": [null, 1, "s", false, {"k": []}, [null]]})",
          R"({"nothing": null, "empty": {}})",
          R"({"double_value": 1, "float_value": 0.1, "int64_value": "7", "uint64_value": 8, "int32_value": -1,
               "uint32_value": 9, "bool_value": true, "string_value": "", "bytes_value": "AQ=="})",
          R"({"any": {"@type": "type.googleapis.com/kinds.v1.Kinds", "an_int32": 5}})",
          R"({"any": {"@type": "type.googleapis.com/google.protobuf.Int32Value", "value": 4}})",
          R"({"any": {}})",
      }) {
    EXPECT_EQ(encode(json), encode_by_library(json)) << json;
  }
}

TEST_F(GrpcMessage, WritesAnAnyOfATypeThatJsonHasAFormFor) {
  EXPECT_EQ(encode(R"({"any": {"@type": "x/google.protobuf.Duration", "value": "3s"}})"),
            "920420"
            "0a1a" +
                to_hex("x/google.protobuf.Duration") + "12020803");
}

TEST_F(GrpcMessage, ReadsBackWhatTheLibraryWritesOfAnyMessage) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 500; ++i) {
    for (const Descriptor* type : {kinds_, order_}) {
      const std::unique_ptr<Message> message(factory_.GetPrototype(type)->New());
      fill_randomly(*message, random, 3);
      std::string json;
      ASSERT_TRUE(google::protobuf::util::MessageToJsonString(*message, &json).ok());
      const auto bytes = encode_grpc_message(Json::parse(json), *type, "data");
      ASSERT_TRUE(bytes) << bytes.error().message << "\n" << json;
      const std::unique_ptr<Message> again(message->New());
      ASSERT_TRUE(again->ParseFromString(*bytes)) << json;
      ASSERT_EQ(deterministic_bytes(*again), deterministic_bytes(*message)) << json;
    }
  }
}

struct WrongCase {
  const char* json;
  const char* error;
};

TEST_F(GrpcMessage, SaysWhatIsWrongAndWhere) {
  const WrongCase cases[] = {
      {R"({"tag": []})", "data.tag: unknown field 'tag'; did you mean 'tags'? known: a_double, "},
      {R"({"aDuble": 1})", "data.aDuble: unknown field 'aDuble'; did you mean 'aDouble'?"},
      {R"({"tags": ["a", "b", 3]})", "data.tags[2]: expected string, found the number 3"},
      {R"({"tags": "a"})", "data.tags: expected an array of string, found the text 'a'"},
      {R"({"tags": [null]})", "data.tags[0]: expected string, found null"},
      {R"({"many": {}})", "data.many: expected an array of kinds.v1.Kinds, found an object"},
      {R"({"inner": {"inner": 5}})",
       "data.inner.inner: expected an object (kinds.v1.Kinds), found the number 5"},
      {R"({"an_int32": "abc"})", "data.an_int32: expected int32, found the text 'abc'"},
      {R"({"an_int32": 1.5})", "data.an_int32: expected int32, found the number 1.5"},
      {R"({"an_int32": "007"})", "data.an_int32: expected int32, found the text '007'"},
      {R"({"an_int32": ""})", "data.an_int32: expected int32, found the text ''"},
      {R"({"an_int32": true})", "data.an_int32: expected int32, found true"},
      {R"({"an_int32": 2147483648})",
       "data.an_int32: 2147483648 is out of range of int32, -2147483648 to 2147483647"},
      {R"({"an_int32": "-2147483649"})", "data.an_int32: -2147483649 is out of range of int32"},
      {R"({"a_uint32": -1})", "data.a_uint32: -1 is out of range of uint32, 0 to 4294967295"},
      {R"({"a_uint64": "18446744073709551616"})",
       "data.a_uint64: 18446744073709551616 is out of range of uint64"},
      {R"({"an_int64": 1e30})", "data.an_int64: 1e+30 is out of range of int64"},
      {R"({"a_float": 1e39})", "data.a_float: 1e+39 is out of range of float"},
      {R"({"a_double": "1.5x"})",
       "data.a_double: expected double (or \"NaN\", \"Infinity\", \"-Infinity\"), found the text "
       "'1.5x'"},
      {R"({"a_bool": 1})", "data.a_bool: expected bool, found the number 1"},
      {R"({"colour": "REED"})",
       "data.colour: unknown value of enum kinds.v1.Colour 'REED'; did you mean 'RED'? known: "
       "COLOUR_NONE, RED, BLUE"},
      {R"({"colour": {}})",
       "data.colour: expected a value of enum kinds.v1.Colour, found an object"},
      {R"({"some_bytes": "a?"})", "data.some_bytes: expected bytes as base64, found the text 'a?'"},
      {R"({"by_name": []})", "data.by_name: expected an object (a map), found an array"},
      {R"({"by_name": {"x": "y"}})", "data.by_name.x: expected int32, found the text 'y'"},
      {R"({"by_number": {"x": {}}})", "data.by_number.x: expected int64, found the text 'x'"},
      {R"({"by_truth": {"yes": ""}})",
       "data.by_truth.yes: expected \"true\" or \"false\" as the key, found the text 'yes'"},
      {R"({"text": "a", "number": 1})",
       "data.number: 'text' is given already; of oneof 'choice' only one field can be"},
      {R"({"an_int32": 1, "anInt32": 2})",
       "data.anInt32: is the same field as 'an_int32'; give one of them"},
      {R"({"at": "yesterday"})",
       "data.at: expected a Timestamp such as \"2024-05-01T12:00:00Z\", found the text "
       "'yesterday'"},
      {R"({"at": "10000-01-01T00:00:00Z"})", "data.at: expected a Timestamp"},
      {R"({"lasts": 3})", "data.lasts: expected a Duration such as \"1.5s\", found the number 3"},
      {R"({"lasts": "315576000001s"})", "data.lasts: expected a Duration"},
      {R"({"any_object": []})", "data.any_object: expected an object, found an array"},
      {R"({"any_list": 1})", "data.any_list: expected an array, found the number 1"},
      {R"({"int32_value": "x"})", "data.int32_value: expected int32, found the text 'x'"},
      {R"({"any": {"a": 1}})",
       "data.any: \"@type\" is missing; write \"@type\": \"type.googleapis.com/pkg.Message\""},
      {R"({"any": {"@type": "type.googleapis.com/kinds.v1.Kind"}})",
       "data.any.@type: 'type.googleapis.com/kinds.v1.Kind' is no type of the schema"},
      {R"({"any": {"@type": "x/kinds.v1.Kinds", "inner": {"a": 1}}})",
       "data.any.inner.a: unknown field 'a'"},
      {R"({"any": {"@type": "x/google.protobuf.Duration"}})",
       "data.any: an Any of google.protobuf.Duration holds \"@type\" and \"value\""},
      {R"([])", "data: expected an object (kinds.v1.Kinds), found an array"},
      {R"("x")", "data: expected an object (kinds.v1.Kinds), found the text 'x'"},
  };
  for (const auto& [json, error] : cases)
    EXPECT_EQ(encode(json).substr(0, std::string(error).size()), error) << json;
}

TEST_F(GrpcMessage, NamesAllMistakesAtOnce) {
  EXPECT_EQ(encode(R"({"an_int32": "x", "inner": {"a_bool": 2}, "tags": [1, "ok", 2]})"),
            "data.an_int32: expected int32, found the text 'x'\n"
            "data.inner.a_bool: expected bool, found the number 2\n"
            "data.tags[0]: expected string, found the number 1\n"
            "data.tags[2]: expected string, found the number 2");
}

std::string nested(const std::string& open, const std::string& inside, const std::string& close,
                   int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += open;
  text += inside;
  for (int i = 0; i < times; ++i) text += close;
  return text;
}

TEST_F(GrpcMessage, TakesAHundredLevelsAndNoMore) {
  EXPECT_EQ(encode(nested(R"({"inner": )", "{}", "}", 99)).find("deeper"), std::string::npos);
  EXPECT_TRUE(encode(nested(R"({"inner": )", "{}", "}", 100))
                  .ends_with("inner: is nested deeper than 100 levels"));
  EXPECT_TRUE(encode(R"({"any_value": )" + nested("[", "", "]", 200) + "}")
                  .ends_with("data.any_value: is nested too deep"));
  const std::string anys =
      nested(R"({"@type": "x/google.protobuf.Any", "value": )", "{}", "}", 200);
  EXPECT_NE(encode(R"({"any": )" + anys + "}").find("is nested deeper than 100 levels"),
            std::string::npos);
}

TEST_F(GrpcMessage, ReadsSeveralMessagesOfAnArray) {
  const auto messages =
      encode_grpc_messages(Json::parse(R"([{"an_int32": 1}, {}])"), *kinds_, "data");
  ASSERT_TRUE(messages) << messages.error().message;
  EXPECT_EQ(*messages, (std::vector<std::string>{"\x18\x01", ""}));
  EXPECT_EQ(encode_grpc_messages(Json::parse(R"({"an_int32": 1})"), *kinds_, "data")->size(), 1U);
  const auto wrong = encode_grpc_messages(Json::parse(R"([{}, {"tags": 1}])"), *kinds_, "data");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "data[1].tags: expected an array of string, found the number 1");
}

TEST_F(GrpcMessage, ShowsBytesAsJson) {
  const auto bytes = encode_grpc_message(
      Json::parse(R"({"an_int32": 5, "tags": ["é"], "an_int64": 7})"), *kinds_, "data");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*grpc_message_to_json(*bytes, *kinds_, 1000),
            R"({"an_int32":5,"an_int64":"7","tags":["é"]})");
  EXPECT_EQ(*grpc_message_to_json(*bytes, *kinds_, 13), R"({"an_int32":5...)");
  EXPECT_EQ(*grpc_message_to_json("", *kinds_, 10), "{}");
}

TEST_F(GrpcMessage, CutsNoCharacterInTwo) {
  const auto bytes = encode_grpc_message(Json::parse(R"({"a_string": "ééé"})"), *kinds_, "data");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*grpc_message_to_json(*bytes, *kinds_, 14), "{\"a_string\":\"...");
  EXPECT_EQ(*grpc_message_to_json(*bytes, *kinds_, 15), "{\"a_string\":\"é...");
}

TEST_F(GrpcMessage, SaysWhenBytesAreNoSuchMessage) {
  const auto shown = grpc_message_to_json("\x18", *kinds_, 100);
  ASSERT_FALSE(shown);
  EXPECT_EQ(shown.error().message, "1 bytes are no kinds.v1.Kinds: a field is cut off");
}

}  // namespace
}  // namespace tracetax
