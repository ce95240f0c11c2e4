// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_fixture.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>

#include "harness/otlp/proto/otlp_trace.pb.h"

namespace tracetax::sink_test {
namespace {

constexpr std::uint64_t kEnd = 1'700'000'000'000'000'000;

SpanId own_span(std::uint64_t k) {
  SpanId id;
  id.bytes = {
      0xab, 0, 0, 0, 0, 0, static_cast<std::uint8_t>(k >> 8U), static_cast<std::uint8_t>(k)};
  return id;
}

template <typename Id>
std::string bytes(const Id& id) {
  return {id.bytes.begin(), id.bytes.end()};
}

}  // namespace

RequestIds all_sampled(std::uint64_t seed) { return {seed, SampleRate::make(1).value()}; }

std::string protobuf_payload(const RequestIds& ids, std::uint64_t first, std::uint64_t last) {
  otlp::ExportTraceServiceRequest request;
  auto* spans = request.add_resource_spans()->add_scope_spans();
  for (std::uint64_t k = first; k < last; ++k) {
    otlp::Span* span = spans->add_spans();
    span->set_trace_id(bytes(ids.at(k).trace_id));
    span->set_parent_span_id(bytes(ids.at(k).span_id));
    span->set_span_id(bytes(own_span(k)));
    span->set_name("GET /users/{id}");
    span->set_start_time_unix_nano(kEnd - 50'000);
    span->set_end_time_unix_nano(kEnd);
  }
  return request.SerializeAsString();
}

std::string json_payload(const RequestIds& ids, std::uint64_t first, std::uint64_t last) {
  std::string spans;
  for (std::uint64_t k = first; k < last; ++k) {
    spans +=
        fmt::format(R"({}{{"traceId":"{}","spanId":"{}","parentSpanId":"{}","name":"GET","kind":2,)"
                    R"("startTimeUnixNano":"{}","endTimeUnixNano":"{}"}})",
                    k == first ? "" : ",", to_hex(ids.at(k).trace_id), to_hex(own_span(k)),
                    to_hex(ids.at(k).span_id), kEnd - 50'000, kEnd);
  }
  return fmt::format(R"({{"resourceSpans":[{{"scopeSpans":[{{"spans":[{}]}}]}}]}})", spans);
}

PayloadVerdict Recorder::receive(OtlpPayload payload) {
  const std::lock_guard lock(mutex_);
  payloads_.push_back(std::move(payload));
  return verdict;
}

void Recorder::no_room() {
  const std::lock_guard lock(mutex_);
  ++without_room_;
}

void Recorder::refused(std::string_view reason) {
  const std::lock_guard lock(mutex_);
  refusals_.add(reason);
}

void Recorder::other_signal() {
  const std::lock_guard lock(mutex_);
  ++other_signals_;
}

std::vector<OtlpPayload> Recorder::payloads() const {
  const std::lock_guard lock(mutex_);
  return payloads_;
}

int Recorder::without_room() const {
  const std::lock_guard lock(mutex_);
  return without_room_;
}

std::map<std::string, std::uint64_t> Recorder::refusals() const {
  const std::lock_guard lock(mutex_);
  return refusals_.by_reason();
}

int Recorder::other_signals() const {
  const std::lock_guard lock(mutex_);
  return other_signals_;
}

std::string post(const Post& post) {
  return fmt::format(
      "POST /v1/traces HTTP/1.1\r\nHost: sink\r\nContent-Type: {}\r\nContent-Length: "
      "{}\r\n{}\r\n{}",
      post.type, post.body.size(), post.headers, post.body);
}

RawPeer::RawPeer(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

RawPeer::~RawPeer() { ::close(fd_); }

void RawPeer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return;  // the other side may answer and close before it has read all
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

void RawPeer::send_nothing_more() { shutdown(fd_, SHUT_WR); }

std::string RawPeer::answer() {
  for (;;) {
    const std::size_t head = buffer_.find("\r\n\r\n");
    if (head != std::string::npos) {
      std::size_t length = 0;
      const std::size_t field = buffer_.find("Content-Length: ");
      if (field < head) std::from_chars(buffer_.data() + field + 16, buffer_.data() + head, length);
      const std::size_t whole = head + 4 + length;
      if (buffer_.size() >= whole) {
        std::string answer = buffer_.substr(0, whole);
        buffer_.erase(0, whole);
        return answer;
      }
    }
    char chunk[4096];
    const ssize_t size = recv(fd_, chunk, sizeof chunk, 0);
    if (size <= 0) return std::exchange(buffer_, {});
    buffer_.append(chunk, static_cast<std::size_t>(size));
  }
}

bool RawPeer::closed() {
  char byte = 0;
  return buffer_.empty() && recv(fd_, &byte, 1, 0) == 0;
}

std::string RawPeer::ask(std::string_view bytes) {
  send(bytes);
  return answer();
}

int status_of(std::string_view answer) {
  int status = 0;
  if (!answer.starts_with("HTTP/1.1 ") || answer.size() < 12) return 0;
  std::from_chars(answer.data() + 9, answer.data() + 12, status);
  return status;
}

std::string body_of(const std::string& answer) {
  const std::size_t head = answer.find("\r\n\r\n");
  return head == std::string::npos ? "" : answer.substr(head + 4);
}

}  // namespace tracetax::sink_test
