// SPDX-License-Identifier: Apache-2.0
#include "targets/legs/stores.h"

#include <algorithm>

#include "harness/core/text/suggest.h"

namespace tracetax {

Result<std::size_t> instrumentation_of(const StoreLeg& leg,
                                       std::span<const std::string_view> known) {
  if (leg.traced_as.empty()) return std::size_t{0};
  const auto found = std::ranges::find(known, leg.traced_as);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  return failure(ExitCode::usage,
                 fmt::format("store '{}': {}", leg.name,
                             unknown_name("traced_as", leg.traced_as,
                                          std::vector<std::string>(known.begin(), known.end()))));
}

LegResult wrong_kind(const StoreLeg& leg, std::string_view takes) {
  return leg_failed(leg, fmt::format("this store takes {}", takes));
}

LegResult leg_failed(const StoreLeg& leg, std::string_view why) {
  std::string error = fmt::format("{}: {}", leg.name, why);
  std::ranges::replace(error, '\n', ' ');
  while (error.ends_with(' ')) error.pop_back();
  return {LegEnd::failed, std::move(error)};
}

Result<std::unique_ptr<Store>> make_store(const StoreLeg& leg, const LegAddress& address) {
  switch (leg.kind) {
    case StoreKind::postgresql:
      return make_postgresql_store(leg, address);
    case StoreKind::mariadb:
      return make_mariadb_store(leg, address);
    case StoreKind::redis:
      return make_redis_store(leg, address);
    case StoreKind::mongodb:
      return make_mongodb_store(leg, address);
    case StoreKind::etcd:
      return make_etcd_store(leg, address);
  }
  return failure(ExitCode::internal, "a store of no kind");
}

}  // namespace tracetax
