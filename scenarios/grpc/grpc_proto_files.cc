// Reads .proto files into a GrpcSchema, with the places of all mistakes in them.
// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <memory>
#include <set>

#include "harness/core/text/quote.h"
#include "scenarios/grpc/grpc_schema.h"
#include "scenarios/grpc/grpc_well_known.h"

namespace tracetax {
namespace {

namespace fs = std::filesystem;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::compiler::DiskSourceTree;

constexpr std::size_t kProtoMax = 16 << 20;
constexpr int kDeepestProto = 500;

class WellKnownFiles : public google::protobuf::DescriptorDatabase {
 public:
  bool FindFileByName(const std::string& name, FileDescriptorProto* file) override {
    return find_well_known_file(name, *file);
  }
  bool FindFileContainingSymbol(const std::string&, FileDescriptorProto*) override { return false; }
  bool FindFileContainingExtension(const std::string&, int, FileDescriptorProto*) override {
    return false;
  }
};

/// The files on the disk, without those that would overflow the parser's stack or fill the memory.
class BoundedTree : public google::protobuf::compiler::SourceTree {
 public:
  explicit BoundedTree(DiskSourceTree& disk) : disk_(disk) {}

  google::protobuf::io::ZeroCopyInputStream* Open(const std::string& file) override {
    const std::unique_ptr<google::protobuf::io::ZeroCopyInputStream> stream(disk_.Open(file));
    error_ = disk_.GetLastErrorMessage();
    if (stream == nullptr) return nullptr;
    std::string text;
    const void* piece = nullptr;
    for (int size = 0; stream->Next(&piece, &size) && text.size() <= kProtoMax;) {
      text.append(static_cast<const char*>(piece), static_cast<std::size_t>(size));
    }
    if (text.size() > kProtoMax) {
      error_ = "is larger than 16 MiB";
    } else if (depth_of(text) > kDeepestProto) {
      error_ = fmt::format("has braces nested deeper than {}", kDeepestProto);
    } else {
      texts_.push_back(std::move(text));
      return new google::protobuf::io::ArrayInputStream(texts_.back().data(),
                                                        static_cast<int>(texts_.back().size()));
    }
    return nullptr;
  }
  std::string GetLastErrorMessage() override { return error_; }

 private:
  static int depth_of(std::string_view text) {
    int depth = 0, deepest = 0;
    for (const char c : text) {
      if (c == '{') deepest = std::max(deepest, ++depth);
      if (c == '}') --depth;
    }
    return deepest;
  }

  DiskSourceTree& disk_;
  std::string error_;
  std::deque<std::string> texts_;  // those that were opened
};

/// One line per mistake, with the names that the files have on the disk.
class SourceErrors : public google::protobuf::compiler::MultiFileErrorCollector {
 public:
  explicit SourceErrors(DiskSourceTree& tree) : tree_(tree) {}

  void AddError(const std::string& file, int line, int column,
                const std::string& message) override {
    std::string on_disk = file;
    tree_.VirtualFileToDiskFile(file, &on_disk);
    const std::string what = printable(message, 500);
    // Lines and columns come counted from 0; a line of -1 means the file as a whole.
    std::string mistake = line < 0
                              ? fmt::format("{}: {}", on_disk, what)
                              : fmt::format("{}:{}:{}: {}", on_disk, line + 1, column + 1, what);
    if (seen_.insert(mistake).second) text_ += (text_.empty() ? "" : "\n") + mistake;
    if (message.find("not found") != message.npos) misses_a_file_ = true;
  }
  [[nodiscard]] std::string text() const {
    return misses_a_file_
               ? text_ +
                     "\nimports are looked for in the import paths, then in the file's own folder"
               : text_;
  }

 private:
  DiskSourceTree& tree_;
  std::set<std::string> seen_;
  std::string text_;
  bool misses_a_file_ = false;
};

/// The file as it is written, or inside one of the import paths.
Result<std::string> find_on_disk(const std::string& file,
                                 const std::vector<std::string>& import_paths) {
  std::error_code error;
  if (fs::is_regular_file(file, error)) return file;
  for (const std::string& folder : import_paths) {
    const std::string inside = (fs::path(folder) / file).string();
    if (fs::is_regular_file(inside, error)) return inside;
  }
  const bool exists = fs::exists(file, error);
  return failure(ExitCode::usage,
                 fmt::format("{}: {}{}", printable(file, 200),
                             exists ? "is no regular file" : "there is no such .proto file",
                             import_paths.empty() ? "" : ", nor is it in an import path"));
}

/// A .proto file's path as its importers would write it.
Result<std::string> name_in_tree(DiskSourceTree& tree, const std::string& file) {
  std::string name, shadowing;
  switch (tree.DiskFileToVirtualFile(file, &name, &shadowing)) {
    case DiskSourceTree::SUCCESS:
      return name;
    case DiskSourceTree::SHADOWED:
      return failure(
          ExitCode::usage,
          fmt::format("{}: is hidden by {}, which an earlier import path gives the same name", file,
                      shadowing));
    case DiskSourceTree::CANNOT_OPEN:
      return failure(ExitCode::usage, fmt::format("{}: cannot be opened", file));
    case DiskSourceTree::NO_MAPPING:
      break;
  }
  return failure(ExitCode::usage, fmt::format("{}: is in no import path", file));
}

/// `file` and what it imports, each once.
void collect(const FileDescriptor& file, std::set<std::string>& seen,
             std::vector<FileDescriptorProto>& files) {
  if (!seen.insert(file.name()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) collect(*file.dependency(i), seen, files);
  file.CopyTo(&files.emplace_back());
}

}  // namespace

bool find_well_known_file(const std::string& name, FileDescriptorProto& file) {
  // This program's own messages are in the same pool; a user's schema must not find those.
  if (!name.starts_with("google/protobuf/")) return false;
  const FileDescriptor* found = DescriptorPool::generated_pool()->FindFileByName(name);
  if (found == nullptr) return false;
  found->CopyTo(&file);
  return true;
}

Result<GrpcSchema> GrpcSchema::from_protos(const std::vector<std::string>& files,
                                           const std::vector<std::string>& import_paths) {
  DiskSourceTree tree;
  std::error_code error;
  for (const std::string& folder : import_paths) {
    if (!fs::is_directory(folder, error)) {
      return failure(ExitCode::usage, fmt::format("import path {}: there is no such folder",
                                                  printable(folder, 200)));
    }
    tree.MapPath("", folder);
  }
  std::vector<std::string> on_disk;
  for (const std::string& file : files) {
    auto path = find_on_disk(file, import_paths);
    if (!path) return failure(path.error());
    const std::string folder = fs::path(*path).parent_path().string();
    tree.MapPath("", folder.empty() ? "." : folder);
    on_disk.push_back(folder.empty() ? "./" + *path : *path);
  }

  SourceErrors errors(tree);
  BoundedTree bounded(tree);
  WellKnownFiles well_known;
  google::protobuf::compiler::SourceTreeDescriptorDatabase database(&bounded, &well_known);
  database.RecordErrorsTo(&errors);
  DescriptorPool pool(&database, database.GetValidationErrorCollector());
  std::vector<FileDescriptorProto> built;
  std::set<std::string> seen;
  for (const std::string& path : on_disk) {
    const auto name = name_in_tree(tree, path);
    if (!name) return failure(name.error());
    const FileDescriptor* file = pool.FindFileByName(*name);
    if (file != nullptr) collect(*file, seen, built);
  }
  if (!errors.text().empty()) return failure(ExitCode::usage, errors.text());
  // Built anew, so that what is kept never reads a file again.
  return from_files(std::move(built), "the .proto files");
}

}  // namespace tracetax
