// What the tests of gRPC messages share: test schemas, hex, random messages. For tests only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>

#include "harness/load/session/scenario.h"
#include "scenarios/grpc/grpc_schema.h"

namespace google::protobuf {
class Message;
}
namespace grpc {
class ServerCredentials;
}

namespace tracetax {

/// Of a file in scenarios/testdata.
[[nodiscard]] GrpcSchema test_schema(const std::string& file);

[[nodiscard]] std::string to_hex(std::string_view bytes);
/// With the entries of maps sorted.
[[nodiscard]] std::string deterministic_bytes(const google::protobuf::Message& message);

/// Sets about half of the fields to values that JSON can hold; messages inside to a depth of
/// `levels`.
void fill_randomly(google::protobuf::Message& message, std::mt19937_64& random, int levels);

/// A fresh self-signed certificate for localhost and 127.0.0.1, and its key, as PEM files; removed
/// with it.
class TestCertificate {
 public:
  TestCertificate();
  ~TestCertificate();
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;

  [[nodiscard]] std::string cert_file() const { return folder_ + "/cert.pem"; }
  [[nodiscard]] std::string key_file() const { return folder_ + "/key.pem"; }
  [[nodiscard]] std::shared_ptr<grpc::ServerCredentials> server_credentials(
      bool asks_the_client = false) const;

 private:
  std::string folder_;
};

/// TLS that trusts only this CA.
[[nodiscard]] TlsOptions trusting(const std::string& ca_file);
/// TLS that trusts anybody.
[[nodiscard]] TlsOptions trusting_anybody();

/// A socket that listens on a free port of 127.0.0.1; `answer` is all that it ever says, once to
/// each of its connections, after their first bytes. An empty answer: it never says anything.
class ScriptedPeer {
 public:
  explicit ScriptedPeer(std::string answer);
  ~ScriptedPeer();
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  [[nodiscard]] Endpoint endpoint() const { return {.host = "127.0.0.1", .port = port_}; }

 private:
  void serve();

  std::string answer_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};  // a pipe
  int port_ = 0;
  std::thread thread_;
};

}  // namespace tracetax
