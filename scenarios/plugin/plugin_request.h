// What a plugin hands over through pointers, as this program's own values. Nothing here calls the
// plugin.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/load/scenario/scenario_kind.h"
#include "harness/load/session/scenario.h"
#include "scenarios/http/http_request.h"
#include "scenarios/plugin/plugin.h"

namespace tracetax {

/// A plan that is within its bounds. Nothing is left of the plugin's memory.
struct PluginPlan {
  Protocol protocol = Protocol::http1;
  std::uint64_t request_count = 0;
  int status_low = 200, status_high = 299;
  bool answers_with_messages = false;
  bool takes_turns = false;
  std::optional<TlsOptions> tls;
  std::optional<Nanos> deadline;
};

/// `folder` is where relative TLS files begin. Errors name the field. A request_count of 0 passes:
/// whether that is right depends on the target being up.
[[nodiscard]] Result<PluginPlan> read_plugin_plan(const tracetax_plan& plan,
                                                  const std::string& folder);

/// Copies requests one by one; keeps count of their bytes against TRACETAX_REQUEST_BYTES_MAX.
/// Errors name the field.
class PluginRequests {
 public:
  /// For HTTP/1.1 and HTTP/2. What HTTP itself forbids is left to prepare_http().
  [[nodiscard]] Result<HttpRequest> read_http(const tracetax_request& request);
  [[nodiscard]] Result<StreamTemplate> read_grpc(const tracetax_request& request,
                                                 const PluginPlan& plan, const ScenarioUse& use);

 private:
  [[nodiscard]] Result<std::string> text(const char* text, std::string_view field);
  [[nodiscard]] Result<std::string> bytes(const tracetax_bytes& bytes, std::string_view field);
  [[nodiscard]] Result<std::vector<HeaderField>> headers(const tracetax_request& request);
  [[nodiscard]] Status count(std::size_t size);

  std::size_t bytes_ = 0;
};

}  // namespace tracetax
