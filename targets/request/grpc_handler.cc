// SPDX-License-Identifier: Apache-2.0
#include "targets/request/grpc_handler.h"

namespace tracetax {

GrpcStep GrpcHandler::on_answer(const grpc::Status& status, grpc::ByteBuffer&) {
  return finish_with(status);
}

GrpcStep undecodable() {
  return fail_with(grpc::StatusCode::INTERNAL, "the message cannot be decoded");
}

GrpcStep no_message() {
  return fail_with(grpc::StatusCode::INTERNAL, "the client sent no message");
}

}  // namespace tracetax
