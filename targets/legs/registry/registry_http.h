// One HTTP/1.1 request to a registry on a connection of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "harness/core/text/units.h"
#include "targets/legs/leg.h"

namespace tracetax {

struct RegistryReply {
  unsigned status = 0;
  std::string body;
  std::string consul_index;
};

/// Waits for `within`, or until `gives_up` says so, which is asked every 20 ms. With `enough`: of
/// an answer that does not end, only until that text is in it.
[[nodiscard]] Result<RegistryReply> ask_registry(const LegAddress& address, std::string_view method,
                                                 const std::string& target, std::string body,
                                                 Nanos within,
                                                 const std::function<bool()>& gives_up = {},
                                                 std::string_view enough = {});
/// The same where any status but 2xx is an error.
[[nodiscard]] Result<RegistryReply> tell_registry(const LegAddress& address,
                                                  std::string_view method,
                                                  const std::string& target, std::string body = {});

inline constexpr Nanos kRegistryTime = std::chrono::seconds(5);

}  // namespace tracetax
