// The calls of scenarios/suites/bench.proto in Thrift.
// SPDX-License-Identifier: Apache-2.0
namespace go bench

struct EchoRequest { 1: string text }
struct EchoReply { 1: string text }
struct GetUserRequest { 1: i64 id }
struct User { 1: i64 id, 2: string name, 3: string email, 4: string created_at }

service Bench {
  EchoReply Echo(1: EchoRequest request)
  User GetUser(1: GetUserRequest request)
}
