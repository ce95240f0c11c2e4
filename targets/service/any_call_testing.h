// A gRPC call without a stub, for tests of methods that the stub does not have.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/generic_stub.h>

#include "targets/service/testing.h"

namespace tracetax {

/// One call of any method with the bytes of a message; the bytes of the answer.
inline grpc::Status call(const RunningService& target, const std::string& method,
                         const std::string& message, std::string& answer) {
  grpc::GenericStub stub(target.channel());
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  const grpc::Slice slice(message);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer reply;
  grpc::Status status;
  const auto reader = stub.PrepareUnaryCall(&context, method, request, &queue);
  reader->StartCall();
  reader->Finish(&reply, &status, &status);
  void* tag = nullptr;
  bool ok = false;
  EXPECT_TRUE(queue.Next(&tag, &ok));
  grpc::Slice whole;
  if (status.ok() && reply.DumpToSingleSlice(&whole).ok()) {
    answer.assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
  }
  return status;
}

}  // namespace tracetax
