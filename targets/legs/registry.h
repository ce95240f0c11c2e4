// What a service asks a registry: it makes its own instance known, and learns the addresses of
// others. The client side of Consul, Nacos and etcd as Go services use them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/core/topology/topology.h"
#include "targets/legs/leg.h"

namespace tracetax {

/// "127.0.0.1:8080", sorted. The same type as a discovery stage's.
using Addresses = std::vector<std::string>;

/// An instance that is known for as long as this lives: its beats are sent from a thread. The end
/// takes it out of the registry, which takes a second at most.
class Enrolment {
 public:
  virtual ~Enrolment() = default;
};

/// A thread that tells what changes. After the end it tells nothing more.
class Watch {
 public:
  virtual ~Watch() = default;
};

/// Any number of threads. Every wait is bounded.
class Registry {
 public:
  virtual ~Registry() = default;
  /// Waits for the registry for up to 5 s.
  [[nodiscard]] virtual Result<std::unique_ptr<Enrolment>> enrol(const std::string& service,
                                                                 const LegAddress& instance) = 0;
  /// Those that are healthy now; none is no error. Waits for up to 5 s.
  [[nodiscard]] virtual Result<Addresses> lookup(const std::string& service) = 0;
  /// Tells the addresses once at the start, and again whenever they have changed. While the
  /// registry does not answer nothing is told, so what was told last stays.
  [[nodiscard]] virtual std::unique_ptr<Watch> watch(const std::string& service,
                                                     std::function<void(Addresses)> seen) = 0;
  /// One line for --explain.
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// Opens nothing yet.
[[nodiscard]] std::unique_ptr<Registry> make_registry(const RegistryLeg& leg,
                                                      const LegAddress& address);

}  // namespace tracetax
