// The makers behind framework_catalog(), one file per framework.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/service/framework.h"

namespace tracetax {

[[nodiscard]] Framework make_dapr();
[[nodiscard]] Framework make_dapr_app();
[[nodiscard]] Framework make_dapr_peer();
[[nodiscard]] Framework make_dapr_sidecar();
[[nodiscard]] Framework make_dubbo_go();
[[nodiscard]] Framework make_echo();
[[nodiscard]] Framework make_gin();
[[nodiscard]] Framework make_gomicro();
[[nodiscard]] Framework make_gomicro_chain();
[[nodiscard]] Framework make_gomicro_chain_back();
[[nodiscard]] Framework make_gozero_rest();
[[nodiscard]] Framework make_gozero_rest_cpu0();
[[nodiscard]] Framework make_gozero_zrpc();
[[nodiscard]] Framework make_grpc_chain();
[[nodiscard]] Framework make_grpc_chain_back();
[[nodiscard]] Framework make_grpc_go();
[[nodiscard]] Framework make_hertz();
[[nodiscard]] Framework make_kitex_chain();
[[nodiscard]] Framework make_kitex_chain_back();
[[nodiscard]] Framework make_kitex_grpc();
[[nodiscard]] Framework make_kitex_pb();
[[nodiscard]] Framework make_kitex_thrift();
[[nodiscard]] Framework make_kratos_grpc();
[[nodiscard]] Framework make_kratos_grpc_min();
[[nodiscard]] Framework make_kratos_http();
[[nodiscard]] Framework make_kratos_http_min();
[[nodiscard]] Framework make_nethttp();
[[nodiscard]] Framework make_tars_go();

}  // namespace tracetax
