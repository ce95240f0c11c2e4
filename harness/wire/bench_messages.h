// The two calls of the framework comparison and their messages in every format: what the driver
// sends and what the emulated servers answer.
// SPDX-License-Identifier: Apache-2.0
//
// The protobuf form is scenarios/suites/bench.proto. The JSON form has the same names. The Thrift
// form is
//
//   struct EchoRequest    { 1: string text }
//   struct EchoReply      { 1: string text }
//   struct GetUserRequest { 1: i64 id }
//   struct User           { 1: i64 id, 2: string name, 3: string email, 4: string created_at }
//   service Bench {
//     EchoReply Echo(1: EchoRequest request)
//     User GetUser(1: GetUserRequest request)
//   }
//
// and the JCE form, of the servant tracetax.Bench.BenchObj (tag 0 of the result is what the
// function returns, 0):
//
//   struct EchoRequest    { 0 require string text; };
//   struct EchoReply      { 0 require string text; };
//   struct GetUserRequest { 0 require long id; };
//   struct User           { 0 require long id; 1 require string name; 2 require string email;
//                           3 require string created_at; };
//   interface Bench {
//     int Echo(EchoRequest request, out EchoReply reply);
//     int GetUser(GetUserRequest request, out User user);
//   };
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tracetax {

enum class WireFormat : std::uint8_t { thrift, protobuf, jce, json };

inline constexpr std::string_view kBenchService =
    "bench.v1.Bench";  // protobuf's, and go-micro's default
inline constexpr std::string_view kBenchServant = "tracetax.Bench.BenchObj";
inline constexpr std::string_view kBenchEcho = "Echo";
inline constexpr std::string_view kBenchGetUser = "GetUser";

/// EchoRequest and EchoReply.
struct EchoText {
  std::string text;
  friend bool operator==(const EchoText&, const EchoText&) = default;
};
/// GetUserRequest.
struct UserQuery {
  std::int64_t id = 0;
  friend bool operator==(const UserQuery&, const UserQuery&) = default;
};
/// User.
struct BenchUser {
  std::int64_t id = 0;
  std::string name, email, created_at;
  friend bool operator==(const BenchUser&, const BenchUser&) = default;
};

/// The user that every server knows under `id`, so that an answer can be checked.
[[nodiscard]] BenchUser bench_user(std::int64_t id);

/// Appends what a request carries: Thrift the struct of the arguments with its stop, JCE the buffer
/// of a RequestPacket, protobuf and JSON the message alone.
void encode_request(WireFormat format, const EchoText& request, std::string& out);
void encode_request(WireFormat format, const UserQuery& request, std::string& out);
/// The same of an answer: Thrift the struct of the result, JCE the buffer of a ResponsePacket.
void encode_answer(WireFormat format, const EchoText& answer, std::string& out);
void encode_answer(WireFormat format, const BenchUser& answer, std::string& out);

/// Reads those. Unknown fields are passed over; a missing one is empty in protobuf and JSON, as
/// proto3 has it. False: malformed, of another shape or (Thrift) an answer that holds no result.
/// Texts reuse their memory.
[[nodiscard]] bool decode_request(WireFormat format, std::string_view bytes, EchoText& request);
[[nodiscard]] bool decode_request(WireFormat format, std::string_view bytes, UserQuery& request);
[[nodiscard]] bool decode_answer(WireFormat format, std::string_view bytes, EchoText& answer);
[[nodiscard]] bool decode_answer(WireFormat format, std::string_view bytes, BenchUser& answer);

}  // namespace tracetax
