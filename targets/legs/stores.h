// The kinds of stores; each is made in a room of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "targets/legs/leg.h"

namespace tracetax {

using MakeStore = Result<std::unique_ptr<Store>>(const StoreLeg& leg, const LegAddress& address);

MakeStore make_postgresql_store;
MakeStore make_mariadb_store;
MakeStore make_redis_store;
MakeStore make_mongodb_store;
MakeStore make_etcd_store;

/// The place of `leg.traced_as` among `known`, of which the first is the default and the last is
/// "none"; a usage error otherwise.
[[nodiscard]] Result<std::size_t> instrumentation_of(const StoreLeg& leg,
                                                     std::span<const std::string_view> known);

/// What a step gets whose store is of another kind.
[[nodiscard]] LegResult wrong_kind(const StoreLeg& leg, std::string_view takes);

/// A step that failed: the store's name and why, in one line.
[[nodiscard]] LegResult leg_failed(const StoreLeg& leg, std::string_view why);

}  // namespace tracetax
