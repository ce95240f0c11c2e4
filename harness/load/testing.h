// A small TCP server whose manners a test decides, connection by connection: one thread each, so
// that a script reads top to bottom. Slow and simple; for tests only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "harness/load/session/scenario.h"

namespace tracetax::testing {

/// What a peer reads and writes through in place of its bare socket. Blocks; <= 0: no more.
class Channel {
 public:
  virtual ~Channel() = default;
  [[nodiscard]] virtual ssize_t read(char* to, std::size_t size) = 0;
  [[nodiscard]] virtual ssize_t write(const char* from, std::size_t size) = 0;
};

/// The server's end of one connection. Used by its own script only.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}

  [[nodiscard]] int fd() const { return fd_; }
  /// From now on; the bytes as told below are those inside of it.
  void speak_through(std::unique_ptr<Channel> channel) { channel_ = std::move(channel); }

  /// The next whole request, with the body that its content-length tells; nothing at the end of the
  /// stream.
  [[nodiscard]] std::optional<std::string> read_request();
  void send(std::string_view bytes);
  /// So that the bytes and the end of the stream leave in one segment.
  void send_and_close(std::string_view bytes);
  void close();
  void reset();
  /// What there is, as it comes; nothing at the end of the stream.
  [[nodiscard]] std::optional<std::string> read_some();
  /// Waits for the other side to close.
  void wait_for_end();

 private:
  friend class ScriptedServer;
  [[nodiscard]] ssize_t receive(char* to, std::size_t size);

  int fd_;
  std::unique_ptr<Channel> channel_;
  std::string unread_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(Peer&)>;

  /// Listens on a free port of 127.0.0.1; runs `script` for each connection, then closes it.
  explicit ScriptedServer(Script script, int backlog = 128);
  /// Ends every connection and waits for the scripts.
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] Endpoint endpoint() const { return {"127.0.0.1", port_}; }
  [[nodiscard]] int connections() const;
  /// Ends the connections that are open now; new ones are accepted.
  void close_all();

 private:
  struct Running {
    Peer peer;
    std::thread thread;
  };
  void accept_all();

  Script script_;
  int listener_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::list<Running> running_;
  int accepted_ = 0;
  bool stopping_ = false;
  std::thread acceptor_;
};

/// An answer with a content-length.
[[nodiscard]] std::string answer(std::string_view body, std::string_view status = "200 OK");

/// Answers every request on a connection in the same way.
[[nodiscard]] ScriptedServer::Script always(std::string bytes);

/// What came over the wire: requests are numbered as they arrive, from 0, over all connections.
class WireLog {
 public:
  /// Notes the request's traceparent; returns its place.
  std::size_t add(std::string_view request);
  [[nodiscard]] std::size_t size() const;
  /// How often each traceparent came.
  [[nodiscard]] std::map<std::string, int> traceparents() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> traceparents_;
};

/// `GET /` with a traceparent, as bytes and offset.
[[nodiscard]] PreparedScenario simple_scenario(const Endpoint& endpoint,
                                               std::string_view method = "GET",
                                               std::string_view body = "");

}  // namespace tracetax::testing
