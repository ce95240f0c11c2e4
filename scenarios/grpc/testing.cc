// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/testing.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <grpcpp/security/server_credentials.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "harness/core/text/checkout_testing.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string random_text(std::mt19937_64& random) {
  static constexpr std::string_view kPieces[] = {"a", "\"", "\\", "é", "\n",
                                                 "/", "~1", "<",  "0", ""};
  std::string text;
  while (random() % 4 != 0) text += kPieces[random() % std::size(kPieces)];
  return text;
}

/// Small and large numbers, and the ends of the range.
template <typename Int>
Int random_integer(std::mt19937_64& random) {
  constexpr Int kEnds[] = {0, 1, std::numeric_limits<Int>::min(), std::numeric_limits<Int>::max()};
  if (random() % 2 == 0) return kEnds[random() % std::size(kEnds)];
  return static_cast<Int>(random() >> (random() % 64));
}

double random_number(std::mt19937_64& random) {
  const auto number = std::bit_cast<double>(random());
  return std::isnan(number) ? 0.1 : number;  // NaN has many bit patterns and only one name in JSON
}

/// A value of a well-known type that has a form of its own; false for other types.
bool fill_special(Message& message, std::mt19937_64& random) {
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  const std::string& name = type.full_name();
  if (name == "google.protobuf.Timestamp" || name == "google.protobuf.Duration") {
    reflection.SetInt64(&message, type.FindFieldByName("seconds"),
                        static_cast<std::int64_t>(random() % 1'000'000'000));
    reflection.SetInt32(&message, type.FindFieldByName("nanos"),
                        static_cast<std::int32_t>(random() % 1'000'000'000));
    return true;
  }
  if (name == "google.protobuf.Value") {
    reflection.SetString(&message, type.FindFieldByName("string_value"), random_text(random));
    return true;
  }
  return name == "google.protobuf.FieldMask" || name == "google.protobuf.Any" ||
         name == "google.protobuf.Struct";
}

void set_or_add(Message& message, const FieldDescriptor& field, std::mt19937_64& random,
                int levels) {
  const Reflection& reflection = *message.GetReflection();
  const auto put = [&](auto set, auto add, auto value) {
    field.is_repeated() ? (reflection.*add)(&message, &field, value)
                        : (reflection.*set)(&message, &field, value);
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put(&Reflection::SetInt32, &Reflection::AddInt32,
                 random_integer<std::int32_t>(random));
    case FieldDescriptor::CPPTYPE_INT64:
      return put(&Reflection::SetInt64, &Reflection::AddInt64,
                 random_integer<std::int64_t>(random));
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(&Reflection::SetUInt32, &Reflection::AddUInt32,
                 random_integer<std::uint32_t>(random));
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(&Reflection::SetUInt64, &Reflection::AddUInt64,
                 random_integer<std::uint64_t>(random));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put(&Reflection::SetDouble, &Reflection::AddDouble, random_number(random));
    case FieldDescriptor::CPPTYPE_FLOAT: {
      const auto number = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
      return put(&Reflection::SetFloat, &Reflection::AddFloat, std::isnan(number) ? 0.1F : number);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return put(&Reflection::SetBool, &Reflection::AddBool, random() % 2 == 0);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumDescriptor& type = *field.enum_type();
      const auto which =
          static_cast<int>(random() % static_cast<std::uint64_t>(type.value_count()));
      return put(&Reflection::SetEnumValue, &Reflection::AddEnumValue, type.value(which)->number());
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = random_text(random);
      return field.is_repeated() ? reflection.AddString(&message, &field, text)
                                 : reflection.SetString(&message, &field, text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  if (field.message_type()->full_name() == "google.protobuf.NullValue") return;
  Message* inner = field.is_repeated() ? reflection.AddMessage(&message, &field)
                                       : reflection.MutableMessage(&message, &field);
  fill_randomly(*inner, random, levels - 1);
}

}  // namespace

GrpcSchema test_schema(const std::string& file) {
  auto schema = GrpcSchema::from_protos({source_folder() + "/scenarios/testdata/" + file}, {});
  if (!schema) {
    std::fprintf(stderr, "%s\n", schema.error().message.c_str());
    std::abort();
  }
  return *schema;
}

std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::string deterministic_bytes(const Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

void fill_randomly(Message& message, std::mt19937_64& random, int levels) {
  if (fill_special(message, random)) return;
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (field.type() == FieldDescriptor::TYPE_GROUP) continue;  // JSON of the library has none
    if (!field.is_required() && (random() % 2 == 0 || (is_message && levels == 0))) continue;
    const int count = field.is_map() ? 1 : static_cast<int>(random() % 3);
    if (!field.is_repeated()) set_or_add(message, field, random, levels);
    for (int k = 0; field.is_repeated() && k < count; ++k)
      set_or_add(message, field, random, levels);
  }
}

TestCertificate::TestCertificate() {
  std::string folder = testing::TempDir() + "tracetax-cert-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) std::abort();
  folder_ = folder;
  const std::string command = fmt::format(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "
      "'{0}/key.pem' "
      "-out '{0}/cert.pem' -days 2 -subj /CN=localhost -addext "
      "subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null",
      folder_);
  if (std::system(command.c_str()) != 0) std::abort();
}

TestCertificate::~TestCertificate() { std::filesystem::remove_all(folder_); }

std::shared_ptr<grpc::ServerCredentials> TestCertificate::server_credentials(
    bool asks_the_client) const {
  const auto cert = read_file(cert_file(), 1 << 20);
  const auto key = read_file(key_file(), 1 << 20);
  if (!cert || !key) std::abort();
  grpc::SslServerCredentialsOptions options(
      asks_the_client ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                      : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  options.pem_root_certs = *cert;
  options.pem_key_cert_pairs = {{*key, *cert}};
  return grpc::SslServerCredentials(options);
}

TlsOptions trusting(const std::string& ca_file) {
  TlsOptions options;
  options.ca_file = ca_file;
  return options;
}

TlsOptions trusting_anybody() {
  TlsOptions options;
  options.insecure = true;
  return options;
}

ScriptedPeer::ScriptedPeer(std::string answer) : answer_(std::move(answer)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, size) != 0 || listen(listener_, 64) != 0 || pipe(stop_) != 0)
    std::abort();
  if (getsockname(listener_, generic, &size) != 0) std::abort();
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

ScriptedPeer::~ScriptedPeer() {
  close(stop_[1]);  // seen as a hang-up at the other end
  thread_.join();
  close(stop_[0]);
  close(listener_);
}

void ScriptedPeer::serve() {
  std::vector<pollfd> waited = {{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
  std::set<int> answered;
  while (poll(waited.data(), waited.size(), -1) > 0 && waited[0].revents == 0) {
    for (std::size_t i = waited.size() - 1; i > 1; --i) {
      if (waited[i].revents == 0) continue;
      std::array<char, 4096> bytes{};
      const int fd = waited[i].fd;
      if (recv(fd, bytes.data(), bytes.size(), 0) > 0) {
        if (answered.insert(fd).second)
          (void)!send(fd, answer_.data(), answer_.size(), MSG_NOSIGNAL);
        continue;
      }
      close(fd);
      answered.erase(fd);
      waited.erase(waited.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (waited[1].revents != 0) waited.push_back({accept(listener_, nullptr, nullptr), POLLIN, 0});
  }
  for (std::size_t i = 2; i < waited.size(); ++i) close(waited[i].fd);
}

}  // namespace tracetax
