// The part of `tracetax load`'s options that is about gRPC.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/core/text/option_reader.h"
#include "scenarios/grpc/grpc.h"
#include "scenarios/http/url.h"

namespace tracetax {

/// --proto, --data and the others.
[[nodiscard]] std::vector<OptionSpec> grpc_option_specs();

/// What they say about the method that `url` names. Mistakes are noted; the schema is not looked at
/// yet.
[[nodiscard]] GrpcOptions read_grpc_options(OptionReader& reader, const Url& url);

/// Notes each of them that was given although the URL is not a gRPC one.
void refuse_grpc_options(OptionReader& reader);

}  // namespace tracetax
