// What the exporters' tests share: certificates made by the openssl program, and an HTTP peer that
// says what it is told, with TLS or without.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "harness/core/text/text_file.h"

namespace tracetax {

/// PEM texts, for 127.0.0.1: a CA, and by it a server, one that is out of date, and a client.
struct TestCertificates {
  TestCertificates() {
    const std::string folder = testing::TempDir() + "certificates-" + std::to_string(getpid());
    std::filesystem::create_directory(folder);
    const std::string command =
        "cd '" + folder +
        "' && exec 2>/dev/null; new='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'; "
        "openssl req -x509 $new -days 2 -subj /CN=ca -keyout ca.key -out ca.pem && "
        "echo subjectAltName=IP:127.0.0.1 > names && for name in server client; do "
        "openssl req $new -subj /CN=$name -keyout $name.key -out $name.csr && "
        "openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -days 2 -extfile names "
        "-out $name.pem || exit; done; "
        "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -days -1 -extfile names "
        "-out expired.pem";
    EXPECT_EQ(std::system(command.c_str()), 0);
    const auto text = [&](const char* name) {
      return read_file(folder + "/" + name, 1 << 20).value_or("");
    };
    ca = text("ca.pem");
    server = text("server.pem");
    expired = text("expired.pem");
    server_key = text("server.key");
    client = text("client.pem");
    client_key = text("client.key");
    std::filesystem::remove_all(folder);
  }
  /// Made once: it takes a while.
  static const TestCertificates& shared() {
    static const TestCertificates made;
    return made;
  }
  std::string ca, server, expired, server_key, client, client_key;
};

struct PeerTls {
  std::string certificate, key;
  std::string client_ca{};  // not empty: a client's certificate is required
};

/// Answers one request per connection with the next text of the script, as it is, and closes; an
/// empty text closes without an answer. After the script it gives "200 OK" for good.
class ScriptedPeer {
 public:
  explicit ScriptedPeer(std::deque<std::string> script, const PeerTls& tls = {})
      : script_(std::move(script)) {
    if (!tls.certificate.empty()) {
      namespace ssl = boost::asio::ssl;
      tls_.emplace(ssl::context::tls_server);
      tls_->use_certificate_chain(boost::asio::buffer(tls.certificate));
      tls_->use_private_key(boost::asio::buffer(tls.key), ssl::context::pem);
      if (!tls.client_ca.empty()) {
        tls_->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
        tls_->add_certificate_authority(boost::asio::buffer(tls.client_ca));
      }
    }
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedPeer() {
    stopping_ = true;
    boost::system::error_code ignored;
    tcp::socket(context_).connect(acceptor_.local_endpoint(), ignored);  // wakes accept
    thread_.join();
  }
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Heads and bodies of what came whole.
  [[nodiscard]] std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  using tcp = boost::asio::ip::tcp;

  void serve() {
    while (true) {
      boost::system::error_code error;
      tcp::socket socket(context_);
      acceptor_.accept(socket, error);
      if (error || stopping_) return;
      if (!tls_) {
        talk(socket);
        continue;
      }
      boost::asio::ssl::stream<tcp::socket&> stream(socket, *tls_);
      stream.handshake(boost::asio::ssl::stream_base::server, error);
      if (!error) talk(stream);
      stream.shutdown(error);
    }
  }

  template <typename Stream>
  void talk(Stream& stream) {
    boost::system::error_code error;
    std::string text;
    const std::size_t head =
        boost::asio::read_until(stream, boost::asio::dynamic_buffer(text), "\r\n\r\n", error);
    if (error) return;
    const auto at = text.find("Content-Length: ");
    const std::size_t whole = head + std::stoul(text.substr(at + 16));
    while (text.size() < whole && !error) {
      char block[4096];
      text.append(block, stream.read_some(boost::asio::buffer(block), error));
    }
    const std::string answer = take(std::move(text));
    boost::asio::write(stream, boost::asio::buffer(answer), error);
  }

  std::string take(std::string request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    if (script_.empty()) return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    std::string answer = std::move(script_.front());
    script_.pop_front();
    return answer;
  }

  std::mutex mutex_;
  std::deque<std::string> script_;
  std::vector<std::string> requests_;
  std::atomic<bool> stopping_{false};
  std::optional<boost::asio::ssl::context> tls_;
  boost::asio::io_context context_;
  tcp::acceptor acceptor_{context_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  const std::uint16_t port_ = acceptor_.local_endpoint().port();
  std::thread thread_;
};

}  // namespace tracetax
