// SPDX-License-Identifier: Apache-2.0
#include "harness/load/make_session.h"

#include "harness/load/http/http1_session.h"
#include "harness/load/http/http2_session.h"
#include "harness/load/rpc/rpc_session.h"

namespace tracetax {

bool multiplexes(const PreparedScenario& scenario) {
  if (scenario.protocol == Protocol::rpc) return scenario.framing->multiplexes;
  return scenario.protocol != Protocol::http1;
}

std::unique_ptr<Session> make_session(SessionOwner& owner, Connection& connection,
                                      PreparedScenario& scenario, int streams, bool keep_bodies) {
  if (scenario.protocol == Protocol::http1) {
    return std::make_unique<Http1Session>(owner, connection, scenario, keep_bodies);
  }
  if (scenario.protocol == Protocol::rpc) {
    return std::make_unique<RpcSession>(owner, connection, scenario, keep_bodies);
  }
  return std::make_unique<Http2Session>(owner, connection, scenario, streams, keep_bodies);
}

}  // namespace tracetax
