// The session that a scenario's protocol takes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "harness/load/session/scenario.h"
#include "harness/load/session/session.h"

namespace tracetax {

/// Whether a connection may carry several requests at once.
[[nodiscard]] bool multiplexes(const PreparedScenario& scenario);

/// A session of the scenario's protocol. `scenario` and `connection` must outlive it; the requests
/// are patched in place. `keep_bodies`: Call::body is filled, up to 1 MiB. `streams` as asked for,
/// at most.
[[nodiscard]] std::unique_ptr<Session> make_session(SessionOwner& owner, Connection& connection,
                                                    PreparedScenario& scenario, int streams,
                                                    bool keep_bodies);

}  // namespace tracetax
