// The part of `tracetax load`'s options that is about gRPC.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/cli/option_reader.h"
#include "scenarios/grpc/grpc.h"
#include "scenarios/http/url.h"

namespace tracetax {

/// Declares --proto, --data and the others.
void declare_grpc_options(cxxopts::Options& options);

/// What they say about the method that `url` names. Mistakes are noted; the schema is not looked at
/// yet.
[[nodiscard]] GrpcOptions read_grpc_options(const cxxopts::ParseResult& parsed, const Url& url,
                                            OptionMistakes& mistakes);

/// Notes each of them that was given although `url` is not a gRPC one.
void refuse_grpc_options(const cxxopts::ParseResult& parsed, OptionMistakes& mistakes);

}  // namespace tracetax
