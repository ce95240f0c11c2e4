// Stage `users`: the application at the end of every chain. GET /users/{id}, POST /users, GET
// /healthz; it keeps no state but a counter of ids, so its cost does not change while it runs.
// /healthz is traced like any route, as otelgin and otelhttp do without a filter: a probe that
// wants no span sends an unsampled traceparent.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "targets/request/message.h"
#include "targets/request/stage.h"
#include "targets/stages/codec/json_fields.h"

namespace tracetax {

[[nodiscard]] std::span<const JsonField<User>> user_fields();

struct UsersSpec {
  std::string_view json_type = "application/json";  // the Content-Type of JSON answers
  bool ends_lines = false;  // an answer ends in a newline, as json.Encoder of Go writes it
};
[[nodiscard]] StagePointer make_stage(const UsersSpec& spec);

}  // namespace tracetax
