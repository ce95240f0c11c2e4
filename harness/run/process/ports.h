// TCP ports of this machine: a free one to give away, and whether somebody listens on one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/text/error.h"
#include "harness/core/text/units.h"
#include "harness/load/session/scenario.h"

namespace tracetax {

/// A port that was free on 127.0.0.1 a moment ago. Somebody may take it before its user does.
[[nodiscard]] Result<int> free_port();

/// Whether nobody is bound to the port now.
[[nodiscard]] bool port_is_free(int port);

/// Whether a connection is accepted within the time. Host is an IPv4 address or a name.
[[nodiscard]] bool accepts_connections(const Endpoint& endpoint, Nanos within);

/// Host and port of "http://host[:port][/...]" or "tcp://host:port". Error (usage) names the text.
[[nodiscard]] Result<Endpoint> endpoint_of_url(const std::string& url);
/// The path of such a URL with its query, at least "/".
[[nodiscard]] std::string path_of_url(const std::string& url);

}  // namespace tracetax
