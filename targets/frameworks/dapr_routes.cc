// The routes of a Dapr sidecar's HTTP API (pkg/api/http/*.go, v1.18.3): service invocation, by any
// method, and the commoner ones of the building blocks, which nobody calls here.
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "targets/frameworks/dapr.h"

namespace tracetax {

std::vector<Route> daprd_routes() {
  std::vector<Route> routes;
  for (const char* method : {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"}) {
    routes.push_back({method, "/v1.0/invoke/*rest"});
  }
  constexpr std::array<std::array<const char*, 2>, 36> kOthers{{
      {"GET", "/v1.0/state/:store/:key"},
      {"POST", "/v1.0/state/:store"},
      {"POST", "/v1.0/state/:store/bulk"},
      {"POST", "/v1.0/state/:store/transaction"},
      {"DELETE", "/v1.0/state/:store/:key"},
      {"POST", "/v1.0-alpha1/state/:store/query"},
      {"POST", "/v1.0/publish/:pubsub/*topic"},
      {"POST", "/v1.0-alpha1/publish/bulk/:pubsub/*topic"},
      {"POST", "/v1.0/bindings/:name"},
      {"PUT", "/v1.0/bindings/:name"},
      {"GET", "/v1.0/secrets/:store/bulk"},
      {"GET", "/v1.0/secrets/:store/:key"},
      {"POST", "/v1.0/actors/:type/:id/state"},
      {"GET", "/v1.0/actors/:type/:id/state/:key"},
      {"GET", "/v1.0/actors/:type/:id/method/*rest"},
      {"POST", "/v1.0/actors/:type/:id/method/*rest"},
      {"PUT", "/v1.0/actors/:type/:id/method/*rest"},
      {"POST", "/v1.0/actors/:type/:id/reminders/:name"},
      {"DELETE", "/v1.0/actors/:type/:id/reminders/:name"},
      {"POST", "/v1.0/actors/:type/:id/timers/:name"},
      {"DELETE", "/v1.0/actors/:type/:id/timers/:name"},
      {"GET", "/v1.0/configuration/:store"},
      {"GET", "/v1.0/configuration/:store/subscribe"},
      {"POST", "/v1.0-alpha1/lock/:store"},
      {"POST", "/v1.0-alpha1/unlock/:store"},
      {"GET", "/v1.0/metadata"},
      {"PUT", "/v1.0/metadata/:key"},
      {"GET", "/v1.0/healthz"},
      {"GET", "/v1.0/healthz/outbound"},
      {"POST", "/v1.0/shutdown"},
      {"POST", "/v1.0/workflows/:component/:name/start"},
      {"GET", "/v1.0/workflows/:component/:id"},
      {"POST", "/v1.0/workflows/:component/:id/terminate"},
      {"PUT", "/v1.0-alpha1/crypto/:name/encrypt"},
      {"PUT", "/v1.0-alpha1/crypto/:name/decrypt"},
      {"POST", "/v1.0-alpha1/jobs/:name"},
  }};
  for (const auto& [method, pattern] : kOthers) routes.push_back({method, pattern});
  return routes;
}

}  // namespace tracetax
