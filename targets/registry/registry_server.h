// The HTTP APIs of the emulated registry. Sources: Consul's HTTP API v1 (agent/service,
// agent/check, health/service with blocking queries), and Nacos' Open API v1 (ns/instance), as
// their Go clients call them (consul/api v1.32, nacos-sdk-go v1). A blocking query wakes up within
// 20 ms.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "targets/engine/server.h"
#include "targets/registry/instances.h"

namespace tracetax {

/// `instances` must outlive it.
[[nodiscard]] Result<std::unique_ptr<Server>> make_registry_server(const ServerOptions& options,
                                                                   Instances& instances);

}  // namespace tracetax
