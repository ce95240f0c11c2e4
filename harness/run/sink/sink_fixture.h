// What the sink's tests share: payloads of a request plan, a receiver that keeps them, and a peer
// that writes raw bytes to a port.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/gzip/gzip_fixture.h"
#include "harness/core/receipt/receipt.h"
#include "harness/run/sink/payload_receiver.h"

namespace tracetax::sink_test {

[[nodiscard]] RequestIds all_sampled(std::uint64_t seed = 11);
/// The server spans of requests [first, last), as a target would export them.
[[nodiscard]] std::string protobuf_payload(const RequestIds& ids, std::uint64_t first,
                                           std::uint64_t last);
[[nodiscard]] std::string json_payload(const RequestIds& ids, std::uint64_t first,
                                       std::uint64_t last);

/// Keeps what it gets; room and verdict can be set before the server starts.
class Recorder : public PayloadReceiver {
 public:
  bool has_room(std::size_t bytes) const override { return bytes <= room; }
  PayloadVerdict receive(OtlpPayload payload) override;
  void no_room() override;
  void refused(std::string_view reason) override;
  void other_signal() override;
  [[nodiscard]] std::vector<OtlpPayload> payloads() const;
  /// Payloads for which there was no room.
  [[nodiscard]] int without_room() const;
  [[nodiscard]] std::map<std::string, std::uint64_t> refusals() const;
  [[nodiscard]] int other_signals() const;
  std::size_t room = std::size_t{1} << 40U;
  PayloadVerdict verdict;

 private:
  mutable std::mutex mutex_;
  std::vector<OtlpPayload> payloads_;
  int without_room_ = 0;
  int other_signals_ = 0;
  RefusalCounts refusals_;
};

struct Post {
  std::string body;
  std::string type = "application/x-protobuf";
  std::string headers = "";  // more of them, each ended
};
/// The bytes of an HTTP request with a Content-Length.
[[nodiscard]] std::string post(const Post& post);

/// A blocking TCP peer on 127.0.0.1 that gives up after some seconds.
class RawPeer {
 public:
  explicit RawPeer(int port);
  ~RawPeer();
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  void send(std::string_view bytes);
  void send_nothing_more();
  /// One whole answer, by its Content-Length; what came of it if the connection ended first.
  [[nodiscard]] std::string answer();
  /// Whether the other side closes, with nothing more to read.
  [[nodiscard]] bool closed();
  /// send, then answer.
  [[nodiscard]] std::string ask(std::string_view bytes);

 private:
  int fd_;
  std::string buffer_;
};

/// "HTTP/1.1 200 OK" -> 200; 0 when it is no answer.
[[nodiscard]] int status_of(std::string_view answer);
[[nodiscard]] std::string body_of(const std::string& answer);

}  // namespace tracetax::sink_test
