// Another service of the topology, as this one sees it: a client as its framework has one, and the
// routes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/core/topology/topology.h"
#include "targets/frameworks/clients.h"
#include "targets/legs/values.h"
#include "targets/service/build.h"
#include "targets/tracing/tracer.h"

namespace tracetax {

/// What a call came to.
struct CallEnd {
  unsigned status = 200;
  bool answered = false;  // by the service's steps; else a client or a framework says what happened
  bool too_late = false;  // its client has given up, at the step's deadline or at its own
  std::string error;      // from status 400: one line
  std::vector<std::string> labels;
};

/// Any thread.
class Peer {
 public:
  /// `tracer` must outlive it. `places` are those of the callee's instances. Usage error: the
  /// caller's framework has no such client.
  [[nodiscard]] static Result<std::unique_ptr<Peer>> make(const ServiceTopology& caller,
                                                          const ServiceTopology& callee,
                                                          ClientWire wire, const BackPlaces& places,
                                                          Tracer& tracer);

  /// Calls `route` with all values and takes over those of the answer.
  [[nodiscard]] CallEnd call(const std::string& route, Nanos deadline, const Span* parent,
                             Values& values) const;
  /// One line per stage of its client, for --explain.
  [[nodiscard]] std::vector<std::string> describe() const;

 private:
  /// A route, taken apart for its wire.
  struct PeerRoute {
    std::string method;     // of HTTP
    std::string path;       // with ":id"; of RPC what the wire names
    std::string operation;  // how clients of RPC frameworks and kratos name it
    Route known;            // what breakers and metrics are kept by
  };
  Peer(ClientWire wire, const ServiceTopology& callee, const BackPlaces& places, Chain client);
  [[nodiscard]] static PeerRoute read_route(const std::string& text, ClientWire wire);
  void fill(const PeerRoute& route, const Values& values, struct PeerRequest& request) const;

  const ClientWire wire_;
  Exchange::Headers headers_;
  std::unordered_map<std::string, PeerRoute> routes_;
  Chain client_;
};

}  // namespace tracetax
