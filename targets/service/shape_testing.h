// What tests of spans share: the parent that their requests name, and ids as text.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "targets/service/build.h"
#include "targets/service/sample_request.h"
#include "targets/service/testing.h"

namespace tracetax {

inline constexpr std::string_view kShapeTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
inline constexpr std::string_view kShapeParent = "00f067aa0ba902b7";

inline std::string to_hex_text(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

/// A framework whose logs, if it has any, go nowhere.
inline Framework quiet_framework(std::string_view name) {
  Framework framework = find_in_catalog(framework_catalog(), "target", name).value()();
  write_logs_to(-1, framework);
  return framework;
}

}  // namespace tracetax
