// Every kind of registry.
// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/registry.h"

namespace tracetax {

// Each is in a file of registry/.
std::unique_ptr<Registry> registry_consul(const LegAddress& address);
std::unique_ptr<Registry> registry_nacos(const LegAddress& address);
std::unique_ptr<Registry> registry_etcd(const LegAddress& address);

std::unique_ptr<Registry> make_registry(const RegistryLeg& leg, const LegAddress& address) {
  switch (leg.kind) {
    case RegistryKind::consul:
      return registry_consul(address);
    case RegistryKind::nacos:
      return registry_nacos(address);
    case RegistryKind::etcd:
      break;
  }
  return registry_etcd(address);
}

}  // namespace tracetax
