// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc_schema.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <array>
#include <map>

#include "harness/core/text/quote.h"
#include "harness/core/text/suggest.h"
#include "scenarios/grpc/grpc_well_known.h"

namespace tracetax {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// The pool follows imports by recursion, so a hostile chain of them could overflow the stack.
constexpr int kDeepestImport = 200;
constexpr std::size_t kMostProblems = 50;

/// Every problem as one line of an error.
class Problems {
 public:
  explicit Problems(std::string name) : name_(std::move(name)) {}

  void add(std::string_view file, std::string_view what) {
    ++count_;
    if (count_ > kMostProblems) return;
    if (!text_.empty()) text_ += '\n';
    text_ += fmt::format("{}: {}: {}", name_, printable(file, 200), printable(what, 500));
  }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::string text() const {
    return count_ <= kMostProblems
               ? text_
               : fmt::format("{}\n... and {} more", text_, count_ - kMostProblems);
  }

 private:
  std::string name_;
  std::string text_;
  std::size_t count_ = 0;
};

class PoolErrors : public DescriptorPool::ErrorCollector {
 public:
  explicit PoolErrors(Problems& problems) : problems_(problems) {}
  void AddError(const std::string& file, const std::string& element,
                const google::protobuf::Message*, ErrorLocation,
                const std::string& message) override {
    problems_.add(file, element.empty() ? message : element + ": " + message);
  }

 private:
  Problems& problems_;
};

using FilesByName = std::map<std::string, const FileDescriptorProto*>;

/// The files with every import before its importer; problems are noted.
class ImportOrder {
 public:
  ImportOrder(const FilesByName& files, Problems& problems) : files_(files), problems_(problems) {
    for (const auto& [name, file] : files) visit(*file, 0);
  }
  [[nodiscard]] const std::vector<const FileDescriptorProto*>& files() const { return order_; }

 private:
  static constexpr int kOpen = -1;

  /// The height of the tree of imports below `file`.
  int visit(const FileDescriptorProto& file, int depth) {
    const auto [height, is_new] = heights_.emplace(file.name(), kOpen);
    if (!is_new) {
      if (height->second == kOpen)
        problems_.add(file.name(), "imports itself, by way of its own imports");
      return height->second;
    }
    int highest = 0;
    for (const std::string& import : file.dependency()) {
      const auto found = files_.find(import);
      if (found == files_.end()) continue;
      // Both, because files that were visited before hide how deep the whole is.
      if (depth < kDeepestImport) highest = std::max(highest, visit(*found->second, depth + 1) + 1);
      if (depth >= kDeepestImport || highest > kDeepestImport) too_deep(file);
    }
    height->second = highest;
    order_.push_back(&file);
    return highest;
  }

  void too_deep(const FileDescriptorProto& file) {
    if (too_deep_) return;
    too_deep_ = true;
    problems_.add(file.name(),
                  fmt::format("its imports are nested deeper than {}", kDeepestImport));
  }

  const FilesByName& files_;
  Problems& problems_;
  std::map<std::string, int> heights_;
  std::vector<const FileDescriptorProto*> order_;
  bool too_deep_ = false;
};

/// The messages that JSON writes in a form of their own. Code that knows their shape handles them,
/// so they must be what they are everywhere, whatever a file says.
struct Fixed {
  std::string_view file, message;
};
constexpr std::array<Fixed, 17> kFixed = {{
    {"any", "Any"},
    {"duration", "Duration"},
    {"empty", "Empty"},
    {"field_mask", "FieldMask"},
    {"struct", "Struct"},
    {"struct", "Value"},
    {"struct", "ListValue"},
    {"timestamp", "Timestamp"},
    {"wrappers", "DoubleValue"},
    {"wrappers", "FloatValue"},
    {"wrappers", "Int64Value"},
    {"wrappers", "UInt64Value"},
    {"wrappers", "Int32Value"},
    {"wrappers", "UInt32Value"},
    {"wrappers", "BoolValue"},
    {"wrappers", "StringValue"},
    {"wrappers", "BytesValue"},
}};

std::string path_of(const Fixed& fixed) {
  return fmt::format("google/protobuf/{}.proto", fixed.file);
}

/// Puts this program's own in the place of those that came along.
void fix_well_known(std::vector<FileDescriptorProto>& files) {
  for (FileDescriptorProto& file : files) {
    const bool is_fixed =
        std::ranges::any_of(kFixed, [&](const Fixed& one) { return path_of(one) == file.name(); });
    if (!is_fixed) continue;
    FileDescriptorProto own;
    if (find_well_known_file(file.name(), own)) file = std::move(own);
  }
}

/// Another file may define them too, if it keeps clear of those.
void find_impostors(const DescriptorPool& pool, Problems& problems) {
  for (const Fixed& fixed : kFixed) {
    const auto* message =
        pool.FindMessageTypeByName(fmt::format("google.protobuf.{}", fixed.message));
    if (message == nullptr || message->file()->name() == path_of(fixed)) continue;
    problems.add(message->file()->name(), fmt::format("defines {}, which only {} may",
                                                      message->full_name(), path_of(fixed)));
  }
}

/// Adds the well-known files that are imported and not given.
void add_well_known(std::vector<FileDescriptorProto>& files) {
  std::map<std::string, bool> known;
  for (const auto& file : files) known.emplace(file.name(), true);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto imports = files[i].dependency();  // a copy: push_back moves the files
    for (const std::string& import : imports) {
      if (!known.emplace(import, true).second) continue;
      FileDescriptorProto file;
      if (find_well_known_file(import, file)) files.push_back(std::move(file));
    }
  }
}

void find_missing_imports(const FilesByName& files, Problems& problems) {
  for (const auto& [name, file] : files) {
    for (const std::string& import : file->dependency()) {
      if (files.contains(import)) continue;
      problems.add(
          name, fmt::format("its import {} is missing (protoc puts it in with --include_imports)",
                            quote(import)));
    }
  }
}

GrpcMethod describe(const MethodDescriptor& method) {
  GrpcKind kind = GrpcKind::unary;
  if (method.client_streaming() && method.server_streaming()) {
    kind = GrpcKind::bidi;
  } else if (method.client_streaming()) {
    kind = GrpcKind::client_stream;
  } else if (method.server_streaming()) {
    kind = GrpcKind::server_stream;
  }
  return {fmt::format("/{}/{}", method.service()->full_name(), method.name()), kind,
          method.input_type(), method.output_type()};
}

/// The library would print to stderr, of its own accord, what it thinks of bad input.
void silence_protobuf() {
  static const auto before = google::protobuf::SetLogHandler(nullptr);
  (void)before;
}

std::vector<std::string> method_names(const ServiceDescriptor& service) {
  std::vector<std::string> names;
  for (int i = 0; i < service.method_count(); ++i) names.push_back(service.method(i)->name());
  return names;
}

std::string list_methods(const ServiceDescriptor& service) {
  std::string list;
  for (int i = 0; i < service.method_count(); ++i) {
    const GrpcMethod method = describe(*service.method(i));
    list +=
        fmt::format("{}{} ({})", i == 0 ? "" : ", ", method.path.substr(1), name_of(method.kind));
  }
  return list;
}

}  // namespace

std::string_view name_of(GrpcKind kind) {
  switch (kind) {
    case GrpcKind::unary:
      return "unary";
    case GrpcKind::client_stream:
      return "client stream";
    case GrpcKind::server_stream:
      return "server stream";
    case GrpcKind::bidi:
      return "bidirectional stream";
  }
  return "?";
}

struct GrpcSchema::Descriptors {
  DescriptorPool pool;
  std::map<std::string, const ServiceDescriptor*, std::less<>> services;
};

GrpcSchema::GrpcSchema(std::shared_ptr<const Descriptors> descriptors)
    : descriptors_(std::move(descriptors)) {}

Result<GrpcSchema> GrpcSchema::from_files(std::vector<FileDescriptorProto> files,
                                          const std::string& name) {
  silence_protobuf();
  fix_well_known(files);
  add_well_known(files);
  Problems problems(name);
  FilesByName by_name;
  for (const FileDescriptorProto& file : files) {
    if (!by_name.emplace(file.name(), &file).second) problems.add(file.name(), "is there twice");
  }
  find_missing_imports(by_name, problems);
  const ImportOrder order(by_name, problems);
  if (!problems.empty()) return failure(ExitCode::usage, problems.text());

  const auto descriptors = std::make_shared<Descriptors>();
  PoolErrors errors(problems);
  for (const FileDescriptorProto* file : order.files()) {
    const FileDescriptor* built = descriptors->pool.BuildFileCollectingErrors(*file, &errors);
    if (built == nullptr) break;  // the importers would only repeat it
    for (int i = 0; i < built->service_count(); ++i) {
      descriptors->services.emplace(built->service(i)->full_name(), built->service(i));
    }
  }
  find_impostors(descriptors->pool, problems);
  if (!problems.empty()) return failure(ExitCode::usage, problems.text());
  return GrpcSchema(descriptors);
}

Result<GrpcSchema> GrpcSchema::from_descriptor_set(std::string_view bytes,
                                                   const std::string& name) {
  silence_protobuf();
  google::protobuf::FileDescriptorSet set;
  if (bytes.empty() || !set.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      set.file_size() == 0) {
    return failure(ExitCode::usage,
                   fmt::format("{}: is no descriptor set; make one with protoc --include_imports "
                               "--descriptor_set_out=FILE, or give the .proto file itself",
                               name));
  }
  return from_files({set.file().begin(), set.file().end()}, name);
}

Result<GrpcMethod> GrpcSchema::find_method(std::string_view name) const {
  const auto& services = descriptors_->services;
  std::string_view wanted = name;
  if (wanted.starts_with('/')) wanted.remove_prefix(1);
  if (const auto service = services.find(wanted); service != services.end()) {
    const std::string list = list_methods(*service->second);
    return failure(
        ExitCode::usage,
        fmt::format("{} is a service{}{}", quote(wanted),
                    list.empty() ? " without methods" : "; name one of its methods: ", list));
  }
  const auto slash = wanted.find('/');
  const auto split = slash != wanted.npos ? slash : wanted.rfind('.');
  const std::string_view service_name = wanted.substr(0, split);
  const auto service = services.find(service_name);
  if (service == services.end()) {
    std::vector<std::string> known;
    for (const auto& [full_name, descriptor] : services) {
      if (descriptor->name() == service_name) {  // the package was left out
        return failure(ExitCode::usage, fmt::format("unknown service {}; did you mean '{}'?",
                                                    quote(service_name), full_name));
      }
      known.push_back(full_name);
    }
    if (known.empty())
      return failure(ExitCode::usage,
                     fmt::format("unknown service {}; there is none at all", quote(service_name)));
    return failure(ExitCode::usage, unknown_name("service", service_name, known));
  }
  const std::string method_name(wanted.substr(split + 1));
  const MethodDescriptor* method = service->second->FindMethodByName(method_name);
  if (method == nullptr) {
    return failure(ExitCode::usage, fmt::format("service {}: {}", service->first,
                                                unknown_name("method", method_name,
                                                             method_names(*service->second))));
  }
  return describe(*method);
}

std::vector<GrpcMethod> GrpcSchema::methods() const {
  std::vector<GrpcMethod> all;
  for (const auto& [name, service] : descriptors_->services) {
    for (int i = 0; i < service->method_count(); ++i) all.push_back(describe(*service->method(i)));
  }
  std::ranges::sort(all, {}, &GrpcMethod::path);
  return all;
}

}  // namespace tracetax
