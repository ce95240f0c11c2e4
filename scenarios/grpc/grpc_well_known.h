// The messages of google/protobuf/*.proto, which every schema may import without bringing them
// along.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/descriptor.pb.h>

#include <string>

namespace tracetax {

/// Fills `file` if `name` is one of them, such as "google/protobuf/timestamp.proto".
[[nodiscard]] bool find_well_known_file(const std::string& name,
                                        google::protobuf::FileDescriptorProto& file);

}  // namespace tracetax
