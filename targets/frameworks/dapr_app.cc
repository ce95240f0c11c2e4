// The application behind Dapr, the last of the four processes of dapr.cc: plain net/http without
// tracing.
// SPDX-License-Identifier: Apache-2.0
#include "targets/frameworks/dapr.h"
#include "targets/service/framework.h"

namespace tracetax {

Framework make_dapr_app() {
  return {.name = "dapr-app",
          .models = "the application behind Dapr; started by dapr-peer",
          .pipeline =
              HttpPipeline{{dapr_application_route(), UsersSpec{.json_type = "application/json"}}},
          .role = "app",
          .spans_per_request = 0};
}

}  // namespace tracetax
