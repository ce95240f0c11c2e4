// Which gRPC services and messages there are: descriptors from .proto files or from a descriptor
// set, and the search for a method by name. Those of a live server: grpc_reflection.h. It encodes
// nothing; that is grpc_message.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"

namespace google::protobuf {
class Descriptor;
class DescriptorPool;
class FileDescriptorProto;
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace tracetax {

enum class GrpcKind { unary, client_stream, server_stream, bidi };
[[nodiscard]] std::string_view name_of(GrpcKind kind);  // "unary", "client stream", ...

/// One method. The descriptors live as long as any copy of their GrpcSchema.
struct GrpcMethod {
  std::string path;  // "/pkg.Service/Method"
  GrpcKind kind = GrpcKind::unary;
  const google::protobuf::Descriptor* input = nullptr;
  const google::protobuf::Descriptor* output = nullptr;
};

/// A complete set of descriptors. A cheap copy shares it; reading it is safe from any thread.
class GrpcSchema {
 public:
  /// From files as protoc takes them. A file is looked for as it is written and then inside each of
  /// `import_paths`; imports are looked for in those and then in the file's own folder. The files
  /// google/protobuf/*.proto are always there. Every mistake is named as file:line:column.
  [[nodiscard]] static Result<GrpcSchema> from_protos(const std::vector<std::string>& files,
                                                      const std::vector<std::string>& import_paths);

  /// From the bytes that `protoc --descriptor_set_out` writes; `name` is theirs in errors. Imports
  /// that are missing are all named.
  [[nodiscard]] static Result<GrpcSchema> from_descriptor_set(std::string_view bytes,
                                                              const std::string& name);

  /// From single files in any order, without duplicates. `name` says in errors where they come
  /// from.
  [[nodiscard]] static Result<GrpcSchema> from_files(
      std::vector<google::protobuf::FileDescriptorProto> files, const std::string& name);

  /// "pkg.Service/Method", also with a leading slash or with a dot as the last separator. What is
  /// not there gets a did-you-mean; a service alone gets its methods listed.
  [[nodiscard]] Result<GrpcMethod> find_method(std::string_view name) const;

  /// All of them, sorted by path.
  [[nodiscard]] std::vector<GrpcMethod> methods() const;

 private:
  struct Descriptors;
  explicit GrpcSchema(std::shared_ptr<const Descriptors> descriptors);

  std::shared_ptr<const Descriptors> descriptors_;
};

}  // namespace tracetax
