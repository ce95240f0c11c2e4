// Fields of a message from what stands around a request's body: the route's parameters, the query,
// headers. Part of the codec stage.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/text/error.h"
#include "targets/request/exchange.h"
#include "targets/stages/codec/codec.h"

namespace tracetax {

/// Names and values of a query, decoded ("+" is a space), in its order. Go's url.ParseQuery: pairs
/// with a bad percent-encoding or a semicolon are left out, here without the error.
using QueryPairs = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] QueryPairs parse_query(std::string_view query);

/// The pairs as a query again, in the order of their names (url.Values.Encode).
[[nodiscard]] std::string encode_query(QueryPairs pairs);

/// Fills the exchange's request. A value that does not fit its field is an error; a name without a
/// field is ignored. Parameters of the route win over the query.
[[nodiscard]] Status bind_request(Binding binding, Exchange& exchange);

}  // namespace tracetax
