// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc_schema.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/core/text/checkout_testing.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;

const std::string kBench = source_folder() + "/scenarios/suites/bench.proto";

/// A fresh folder of this test, with files in it.
class Folder {
 public:
  Folder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = testing::TempDir() + test->test_suite_name() + "." + test->name();
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    const std::string file = path_ + "/" + name;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    EXPECT_TRUE(write_file(file, text));
    return file;
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

FileDescriptorProto file_of(const std::string& name, const std::vector<std::string>& imports = {}) {
  FileDescriptorProto file;
  file.set_name(name);
  for (const auto& import : imports) file.add_dependency(import);
  return file;
}

std::string error_of(const Result<GrpcSchema>& schema) {
  return schema ? "no error" : schema.error().message;
}

TEST(GrpcSchema, ReadsAProtoFileAndDescribesItsMethods) {
  const auto schema = GrpcSchema::from_protos({kBench}, {});
  ASSERT_TRUE(schema) << schema.error().message;
  std::vector<std::string> found;
  for (const GrpcMethod& method : schema->methods()) {
    found.push_back(fmt::format("{} {} {} {}", method.path, name_of(method.kind),
                                method.input->full_name(), method.output->full_name()));
  }
  EXPECT_EQ(found,
            (std::vector<std::string>{
                "/bench.v1.Bench/Chat bidirectional stream bench.v1.EchoRequest bench.v1.EchoReply",
                "/bench.v1.Bench/Collect client stream bench.v1.EchoRequest bench.v1.CollectReply",
                "/bench.v1.Bench/Echo unary bench.v1.EchoRequest bench.v1.EchoReply",
                "/bench.v1.Bench/Feed server stream bench.v1.FeedRequest bench.v1.EchoReply",
                "/bench.v1.Bench/GetUser unary bench.v1.GetUserRequest bench.v1.User"}));
}

TEST(GrpcSchema, FindsAMethodInEachSpelling) {
  const auto schema = GrpcSchema::from_protos({kBench}, {});
  ASSERT_TRUE(schema);
  for (const char* name : {"bench.v1.Bench/Feed", "/bench.v1.Bench/Feed", "bench.v1.Bench.Feed"}) {
    const auto method = schema->find_method(name);
    ASSERT_TRUE(method) << method.error().message;
    EXPECT_EQ(method->path, "/bench.v1.Bench/Feed");
    EXPECT_EQ(method->kind, GrpcKind::server_stream);
  }
}

TEST(GrpcSchema, SaysWhichMethodIsMeant) {
  const auto schema = GrpcSchema::from_protos({kBench}, {});
  ASSERT_TRUE(schema);
  const auto error = [&](const char* name) {
    const auto method = schema->find_method(name);
    return method ? "found " + method->path : method.error().message;
  };
  EXPECT_EQ(error("bench.v1.Bench/Ecko"),
            "service bench.v1.Bench: unknown method 'Ecko'; did you mean 'Echo'? known: Echo, "
            "GetUser, Collect, Feed, Chat");
  EXPECT_EQ(
      error("bench.v1.Bnch/Echo"),
      "unknown service 'bench.v1.Bnch'; did you mean 'bench.v1.Bench'? known: bench.v1.Bench");
  EXPECT_EQ(error("Bench/Echo"), "unknown service 'Bench'; did you mean 'bench.v1.Bench'?");
  EXPECT_EQ(error("bench.v1.Bench"),
            "'bench.v1.Bench' is a service; name one of its methods: bench.v1.Bench/Echo (unary), "
            "bench.v1.Bench/GetUser (unary), "
            "bench.v1.Bench/Collect (client stream), bench.v1.Bench/Feed (server stream), "
            "bench.v1.Bench/Chat (bidirectional stream)");
  EXPECT_NE(error("bench.v1.Bench/").find("unknown method ''"), std::string::npos);
  EXPECT_NE(error("").find("unknown service ''"), std::string::npos);
  EXPECT_NE(error("Echo").find("unknown service 'Echo'"), std::string::npos);
}

TEST(GrpcSchema, FollowsImportPathsAndKnowsTheWellKnownFiles) {
  const Folder folder;
  folder.write("protos/types/user.proto",
               "syntax = \"proto3\"; package t; import \"google/protobuf/timestamp.proto\";\n"
               "message User { google.protobuf.Timestamp born = 1; }");
  folder.write("protos/api/users.proto",
               "syntax = \"proto3\"; package a; import \"types/user.proto\";\n"
               "service Users { rpc Get(t.User) returns (t.User); }");
  // By its name inside an import path, and by its path on the disk.
  for (const std::string& file :
       {std::string("api/users.proto"), folder.path() + "/protos/api/users.proto"}) {
    const auto schema = GrpcSchema::from_protos({file}, {folder.path() + "/protos"});
    ASSERT_TRUE(schema) << schema.error().message;
    const auto method = schema->find_method("a.Users/Get");
    ASSERT_TRUE(method);
    EXPECT_EQ(method->input->FindFieldByName("born")->message_type()->full_name(),
              "google.protobuf.Timestamp");
  }
}

TEST(GrpcSchema, NamesTheImportThatIsNotFoundAndWhereItLooked) {
  const Folder folder;
  const auto file = folder.write("a.proto", "syntax = \"proto3\";\nimport \"types/user.proto\";\n");
  const std::string error = error_of(GrpcSchema::from_protos({file}, {}));
  EXPECT_NE(error.find(file + ":2:1: Import \"types/user.proto\" was not found"), std::string::npos)
      << error;
  EXPECT_NE(error.find("looked for in the import paths"), std::string::npos) << error;
}

TEST(GrpcSchema, NamesEveryMistakeOfAProtoFileWithItsPlace) {
  const Folder folder;
  const auto syntax = folder.write(
      "syntax.proto",
      "syntax = \"proto3\";\nmessage A {\n  int32 x 1;\n}\nmessage B {\n  int32 y;\n}\n");
  std::string error = error_of(GrpcSchema::from_protos({syntax}, {}));
  EXPECT_NE(error.find(syntax + ":3:11: "), std::string::npos) << error;
  EXPECT_NE(error.find(syntax + ":6:10: "), std::string::npos) << error;

  const auto types = folder.write(
      "types.proto", "syntax = \"proto3\";\nmessage A {\n  Nope x = 1;\n  Neither y = 2;\n}\n");
  error = error_of(GrpcSchema::from_protos({types}, {}));
  EXPECT_NE(error.find(types + ":3:3: \"Nope\" is not defined."), std::string::npos) << error;
  EXPECT_NE(error.find(types + ":4:3: \"Neither\" is not defined."), std::string::npos) << error;
}

TEST(GrpcSchema, RefusesFilesThatAreNone) {
  const Folder folder;
  EXPECT_EQ(error_of(GrpcSchema::from_protos({"/no/such.proto"}, {})),
            "/no/such.proto: there is no such .proto file");
  EXPECT_EQ(error_of(GrpcSchema::from_protos({folder.path()}, {})),
            folder.path() + ": is no regular file");
  EXPECT_EQ(error_of(GrpcSchema::from_protos({kBench}, {"/no/such"})),
            "import path /no/such: there is no such folder");
}

TEST(GrpcSchema, RefusesAFileThatWouldOverflowTheParser) {
  const Folder folder;
  const auto file = folder.write("deep.proto", std::string(100'000, '{'));
  EXPECT_EQ(error_of(GrpcSchema::from_protos({file}, {})),
            file + ": has braces nested deeper than 500");
}

TEST(GrpcSchema, ReadsADescriptorSet) {
  FileDescriptorSet set;
  FileDescriptorProto& importer = *set.add_file() =
      file_of("b.proto", {"a.proto", "google/protobuf/empty.proto"});
  auto& service = *importer.add_service();
  service.set_name("S");
  auto& method = *service.add_method();
  method.set_name("M");
  method.set_input_type(".A");
  method.set_output_type(".google.protobuf.Empty");
  *set.add_file() = file_of("a.proto");
  set.mutable_file(1)->add_message_type()->set_name("A");
  const auto schema = GrpcSchema::from_descriptor_set(set.SerializeAsString(), "x.pb");
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_TRUE(schema->find_method("S/M"));
}

TEST(GrpcSchema, NamesAllThatIsMissingInADescriptorSet) {
  FileDescriptorSet set;
  *set.add_file() = file_of("a.proto", {"x.proto", "y.proto"});
  const std::string error =
      error_of(GrpcSchema::from_descriptor_set(set.SerializeAsString(), "x.pb"));
  EXPECT_NE(error.find("x.pb: a.proto: its import 'x.proto' is missing"), std::string::npos)
      << error;
  EXPECT_NE(error.find("'y.proto' is missing (protoc puts it in with --include_imports)"),
            std::string::npos)
      << error;
}

TEST(GrpcSchema, RefusesWhatIsNoDescriptorSet) {
  for (const std::string bytes : {"", "syntax = \"proto3\";", "\xff\xff"}) {
    EXPECT_NE(error_of(GrpcSchema::from_descriptor_set(bytes, "x.pb"))
                  .find("x.pb: is no descriptor set; make one"),
              std::string::npos);
  }
}

TEST(GrpcSchema, RefusesCirclesDuplicatesAndChainsOfImports) {
  EXPECT_NE(error_of(GrpcSchema::from_files({file_of("a", {"b"}), file_of("b", {"a"})}, "x"))
                .find("imports itself"),
            std::string::npos);
  EXPECT_EQ(error_of(GrpcSchema::from_files({file_of("a"), file_of("a")}, "x")),
            "x: a: is there twice");
  std::vector<FileDescriptorProto> chain;
  std::vector<FileDescriptorProto> back = {file_of("999")};
  // In the order of names every file imports the next one, or the one before.
  for (int i = 1000; i < 1300; ++i) {
    chain.push_back(file_of(std::to_string(i), {std::to_string(i + 1)}));
    back.push_back(file_of(std::to_string(i), {std::to_string(i - 1)}));
  }
  chain.push_back(file_of("1300"));
  for (const auto& files : {chain, back}) {
    const std::string error = error_of(GrpcSchema::from_files(files, "x"));
    EXPECT_NE(error.find("its imports are nested deeper than 200"), std::string::npos) << error;
  }
}

TEST(GrpcSchema, KeepsTheShapeOfWellKnownMessages) {
  FileDescriptorProto own = file_of("google/protobuf/struct.proto");
  own.set_package("google.protobuf");
  own.add_message_type()->set_name("Odd");
  FileDescriptorProto user = file_of("user.proto", {own.name()});
  auto& field = *user.add_message_type()->add_field();
  user.mutable_message_type(0)->set_name("M");
  field.set_name("s");
  field.set_number(1);
  field.set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
  field.set_type_name(".google.protobuf.Struct");
  EXPECT_TRUE(GrpcSchema::from_files({user, own}, "x"));

  FileDescriptorProto impostor = file_of("i.proto");
  impostor.set_package("google");
  auto& outer = *impostor.add_message_type();
  outer.set_name("protobuf");
  outer.add_nested_type()->set_name("Struct");
  EXPECT_EQ(
      error_of(GrpcSchema::from_files({impostor}, "x")),
      "x: i.proto: defines google.protobuf.Struct, which only google/protobuf/struct.proto may");
}

TEST(GrpcSchema, OutlivesItsFirstCopy) {
  std::optional<GrpcSchema> copy;
  {
    const auto schema = GrpcSchema::from_protos({kBench}, {});
    ASSERT_TRUE(schema);
    copy = *schema;
  }
  EXPECT_EQ(copy->find_method("bench.v1.Bench/Echo")->input->name(), "EchoRequest");
}

}  // namespace
}  // namespace tracetax
