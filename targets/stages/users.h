// Stage `users`: the application at the end of every chain. GET /users/{id}, POST /users, GET
// /healthz; it keeps no state but a counter of ids, so its cost does not change while it runs. /healthz
// is traced like any route, as otelgin and otelhttp do without a filter: a probe that wants no span
// sends an unsampled traceparent.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "targets/stages/json_fields.h"
#include "targets/stages/stage.h"

namespace tracetax {

struct User {
  std::int64_t id = 0;
  std::string name;
  std::string email;
  std::string created_at;
  friend bool operator==(const User&, const User&) = default;
};
[[nodiscard]] std::span<const JsonField<User>> user_fields();

struct UsersSpec {
  std::string_view json_type = "application/json";  // the Content-Type of JSON answers
};
[[nodiscard]] StagePointer make_stage(const UsersSpec& spec);

}  // namespace tracetax
