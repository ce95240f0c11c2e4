// Where a sink listens on 127.0.0.1.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tracetax {

struct SinkPorts {
  int http = 0;
  int grpc = 0;  // 0: it does not take OTLP/gRPC
  bool tls = false;
};

}  // namespace tracetax
