// SPDX-License-Identifier: Apache-2.0
#include "scenarios/rpc/rpc_call.h"

#include <utility>

#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "harness/load/session/session.h"

namespace tracetax {
namespace {

// What must come back for one call: these bytes, or what says the same.
struct Expected {
  std::string bytes;
  std::string text;     // of an Echo
  std::int64_t id = 0;  // of a user
};

template <typename Answer>
std::string answer_of(WireFormat format, const Answer& answer) {
  std::string bytes;
  encode_answer(format, answer, bytes);
  return bytes;
}

bool is_echo(WireFormat format, std::string_view body, const Expected& expected) {
  EchoText echo;
  return decode_answer(format, body, echo) && echo.text == expected.text;
}

bool is_user(WireFormat format, std::string_view body, const Expected& expected) {
  BenchUser user;
  return decode_answer(format, body, user) && user.id == expected.id && !user.name.empty();
}

// Most servers write what we would, so only the others' answers are taken apart.
AnswerCheck check_of(WireFormat format, std::vector<Expected> expected,
                     bool (*says_the_same)(WireFormat, std::string_view, const Expected&)) {
  return [=, expected = std::move(expected)](std::uint64_t number, int, std::string_view body) {
    const Expected& wanted = expected[number % expected.size()];
    return body == wanted.bytes || says_the_same(format, body, wanted);
  };
}

void read_echo(JsonFields& data, WireFormat format, RpcCalls& calls,
               std::vector<Expected>& expected) {
  const EchoText echo{data.text("text").value_or("")};
  encode_request(format, echo, calls.requests.emplace_back());
  expected.push_back({answer_of(format, echo), echo.text, 0});
}

void read_query(JsonFields& data, WireFormat format, RpcCalls& calls,
                std::vector<Expected>& expected) {
  const UserQuery query{
      data.require("id", R"("id": 42)").integer("id", INT64_MIN, INT64_MAX).value_or(0)};
  encode_request(format, query, calls.requests.emplace_back());
  expected.push_back({answer_of(format, bench_user(query.id)), "", query.id});
}

// The engine keeps so much of an answer to be checked, some of it for gRPC's prefix.
void refuse_long(JsonFields& fields, std::string_view key, std::string_view answer) {
  constexpr std::size_t kMost = kBodyKept - 16;
  if (answer.size() > kMost) {
    fields.mistake(key, fmt::format("makes an answer of {} bytes; at most {} can be checked",
                                    answer.size(), kMost));
  }
}

void read_data(JsonFields& fields, WireFormat format, RpcCalls& calls) {
  static const Json kNone = Json::object();
  const bool echoes = calls.method == kBenchEcho;
  const Json* data = fields.any("data");
  if (data == nullptr) data = &kNone;
  if (data->is_array() && data->empty()) {
    return fields.mistake("data", "an array of calls needs at least one");
  }
  std::vector<Expected> expected;
  const auto read_one = [&](const Json& value, std::string pointer) {
    JsonFields entry(value, std::move(pointer), fields.mistakes());
    echoes ? read_echo(entry, format, calls, expected) : read_query(entry, format, calls, expected);
    entry.finish();
  };
  if (data->is_array()) {
    for (std::size_t i = 0; i < data->size(); ++i) {
      read_one((*data)[i], fmt::format("{}/{}", fields.pointer_to("data"), i));
    }
  } else {
    read_one(*data, fields.pointer_to("data"));
  }
  for (const Expected& wanted : expected) refuse_long(fields, "data", wanted.bytes);
  calls.check = check_of(format, std::move(expected), echoes ? is_echo : is_user);
}

}  // namespace

RpcCalls read_rpc_calls(JsonFields& fields, WireFormat format) {
  RpcCalls calls;
  calls.method = fields.require("method", R"("method": "Echo")").text("method").value_or("");
  const bool is_known = calls.method == kBenchEcho || calls.method == kBenchGetUser;
  const auto payload = fields.parsed("payload", parse_hex);
  if (fields.has("payload")) {
    fields.refuse("data", "give data or payload, not both");
    calls.requests.push_back(payload.value_or(""));
  } else if (is_known) {
    read_data(fields, format, calls);
  } else {
    fields.refuse("data", "is encoded only for Echo and GetUser; give payload");
    const std::string names[] = {std::string(kBenchEcho), std::string(kBenchGetUser)};
    if (!calls.method.empty()) {
      fields.mistake("method", unknown_name("method", calls.method, names) +
                                   "; of any other, give the encoded arguments as payload");
    }
  }
  if (const Json* expect = fields.object("expect")) {
    JsonFields inner(*expect, fields.pointer_to("expect"), fields.mistakes());
    if (auto wanted =
            inner.require("payload", R"("payload": "0a026869")").parsed("payload", parse_hex)) {
      refuse_long(inner, "payload", *wanted);
      calls.check = [bytes = std::move(*wanted)](std::uint64_t, int, std::string_view body) {
        return body == bytes;
      };
    }
    inner.finish();
  }
  return calls;
}

Result<std::string> parse_hex(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    while (i < text.size() && text[i] == ' ') ++i;
    if (i == text.size()) break;
    const int high = digit(text[i]), low = i + 1 < text.size() ? digit(text[i + 1]) : -1;
    if (high < 0 || low < 0) {
      return failure(ExitCode::usage,
                     fmt::format("{} is not pairs of hex digits, such as 0a026869", quote(text)));
    }
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

}  // namespace tracetax
