// The clients of the emulated frameworks as data: what a call to another service of a topology
// passes. The wire follows from the framework of the service that is called. A caller whose
// framework has a client of its own for that wire uses that one; the others use net/http with
// otelhttp's Transport, and grpc-go with otelgrpc. Who calls over the protocol of Kitex, Tars or
// go-micro uses that framework's client, as there is no other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/core/topology/topology.h"
#include "targets/service/framework.h"

namespace tracetax {

enum class ClientWire {
  http,
  micro,
  thrift,
  kitex_grpc,
  tars,
  grpc,
};

/// How `framework` is called. Usage error where a topology cannot have it: it starts others of its
/// own, or nothing here calls it.
[[nodiscard]] Result<ClientWire> client_wire(const Framework& framework);

/// In the framework's own order; the last stage is the call. Usage error: a balancer that is
/// unknown, and what the framework's client does not have.
///
/// Where a breaker refuses, a client that traces outside of it (go-zero, Kitex) leaves a CLIENT
/// span with an error; kratos' breaker stands before its trace, and leaves none.
[[nodiscard]] Result<StageSpecs> client_stages(std::string_view caller_framework, ClientWire wire,
                                               const ClientRules& rules);

/// otelgrpc's stats handlers as stages, in the convention of today: 5 attributes.
[[nodiscard]] TraceRecord otelgrpc_record(SpanKind kind);

}  // namespace tracetax
