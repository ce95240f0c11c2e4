// What the RPC kinds have in common: which method is called, with what, and what has to come back.
// SPDX-License-Identifier: Apache-2.0
//
//   "method": "Echo", "data": {"text": "hello"}          one call, or an array of them in turn
//   "method": "GetUser", "data": {"id": 42}
//   "method": "Mine", "payload": "0c0001...", "expect": {"payload": "0c0000..."}
//
// The first two are the benchmark's own (harness/wire/bench_messages.h), and their answers are
// checked: the text of an Echo; the id of a user, and that it has a name. For any other method the
// encoded arguments are given in hex. The answer is checked against expect, if that is there.
#pragma once

#include <string>
#include <vector>

#include "harness/core/json/json_fields.h"
#include "harness/load/session/scenario.h"
#include "harness/wire/bench_messages.h"

namespace tracetax {

struct RpcCalls {
  std::string method;
  std::vector<std::string> requests;  // encoded, at least one
  AnswerCheck check;                  // of the encoded answers; empty: nothing to check
};

/// Notes what is wrong in the fields' mistakes; then the calls are not to be used.
[[nodiscard]] RpcCalls read_rpc_calls(JsonFields& fields, WireFormat format);

/// "0c 00 01" as bytes; blanks are allowed between bytes.
[[nodiscard]] Result<std::string> parse_hex(std::string_view text);

}  // namespace tracetax
