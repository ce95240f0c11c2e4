// The caller's address as gin's ClientIP finds it, every time that it is asked: the peer's address
// is parsed and held against the trusted networks, then X-Forwarded-For and X-Real-Ip are looked
// for, and the last address in them that is not itself a trusted proxy's is the caller's. By
// default all addresses are trusted. Source: gin context.go, gin.go v1.12.0.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "targets/request/exchange.h"

namespace tracetax {

/// Empty if the peer's address is none.
[[nodiscard]] std::string trusted_client_ip(const Exchange& exchange);

}  // namespace tracetax
