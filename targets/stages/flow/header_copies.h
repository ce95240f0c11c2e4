// Stage `hdrcopy`: the header map copied as frameworks copy metadata on its way to the handler:
// each copy is a hash map made from the one before, and all of them live as long as the request.
// go-micro makes 3 and sends every request header back. Dapr's sidecars make one more through a
// protobuf message, which their call really does (dapr_messages.h).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "targets/request/stage.h"

namespace tracetax {

struct HeaderCopiesSpec {
  int copies = 1;  // from 0
  // Request headers become headers of the answer, with their names in Title-Case; those that frame
  // a message (Content-Length, Connection, ...) do not.
  bool echoes = false;
};
[[nodiscard]] StagePointer make_stage(const HeaderCopiesSpec& spec);

}  // namespace tracetax
