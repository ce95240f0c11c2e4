// The messages of the emulated services as plain structs, whatever their form on the wire: what a
// codec stage decodes and encodes, and what the application works on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace tracetax {

struct User {
  std::int64_t id = 0;
  std::string name;
  std::string email;
  std::string created_at;
  friend bool operator==(const User&, const User&) = default;
};

/// Request and answer of the method Echo.
struct Echo {
  std::string text;
  friend bool operator==(const Echo&, const Echo&) = default;
};

/// monostate: there is none.
using Message = std::variant<std::monostate, User, Echo>;

}  // namespace tracetax
