// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_client.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>

#include "harness/core/receipt/receipt_json.h"
#include "harness/core/sink/sink_reader.h"
#include "harness/core/text/quote.h"

namespace tracetax {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr Nanos kBeginWithin = std::chrono::seconds{10};
// Decoding a full memory takes a few seconds at the lowest priority on a shared CPU.
constexpr Nanos kCountWithin = std::chrono::seconds{60};
constexpr Nanos kCloseWithin = std::chrono::seconds{120};

/// While it lives, writing to a closed pipe is EPIPE and no signal, for this thread only: the
/// process's disposition is left alone, because the programs started by the driver inherit it.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigpipe() {
    if (!was_pending_) {
      const timespec at_once{};
      while (sigtimedwait(&pipe_, nullptr, &at_once) == -1 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  sigset_t pipe_, before_;
  bool was_pending_;
};

/// Waits for `events` on `fd` until the deadline; false if it passed. Signals do not end the wait.
[[nodiscard]] bool wait_for(int fd, short events, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd item{fd, events, 0};
    const int ready =
        poll(&item, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000)));
    if (ready > 0) return true;
    if (ready == 0 && Clock::now() >= deadline) return false;
    if (ready < 0 && errno != EINTR)
      return true;  // the read or write that follows says what is wrong
  }
}

[[nodiscard]] std::string seconds(Nanos time) {
  return fmt::format("{:g} s", std::chrono::duration<double>(time).count());
}

/// Empty when all was written.
[[nodiscard]] std::string write_all(int fd, std::string_view text, Clock::time_point deadline) {
  const NoSigpipe quiet;
  while (!text.empty()) {
    const ssize_t size = ::write(fd, text.data(), text.size());
    if (size > 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (size < 0 && errno == EAGAIN) {
      if (!wait_for(fd, POLLOUT, deadline)) return "the sink does not read what it is asked";
    } else if (size < 0 && errno == EPIPE) {
      return "the sink died (its input is closed)";
    } else if (size < 0 && errno != EINTR) {
      return fmt::format("the sink cannot be asked: {}", std::strerror(errno));
    }
  }
  return "";
}

/// Moves the first line out of `buffer`, reading more as needed. Empty error when `line` is filled.
[[nodiscard]] std::string read_line(int fd, std::string& buffer, std::string& line, Nanos within,
                                    Clock::time_point deadline) {
  std::size_t searched = 0;
  for (;;) {
    const std::size_t end = buffer.find('\n', searched);
    if (end != std::string::npos) {
      line = buffer.substr(0, end);
      buffer.erase(0, end + 1);
      return "";
    }
    searched = buffer.size();
    char chunk[4096];
    const ssize_t size = ::read(fd, chunk, sizeof chunk);
    if (size > 0) {
      buffer.append(chunk, static_cast<std::size_t>(size));
    } else if (size == 0) {
      return "the sink died (its output is closed)";
    } else if (errno == EAGAIN) {
      if (!wait_for(fd, POLLIN, deadline))
        return fmt::format("the sink did not answer within {}", seconds(within));
    } else if (errno != EINTR) {
      return fmt::format("the sink's answer cannot be read: {}", std::strerror(errno));
    }
  }
}

}  // namespace

SinkClient::SinkClient(int read_fd, int write_fd) : read_fd_(read_fd), write_fd_(write_fd) {
  for (const int fd : {read_fd_, write_fd_}) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

SinkClient::~SinkClient() {
  ::close(write_fd_);
  ::close(read_fd_);
}

Result<std::string> SinkClient::ask(const std::string& line, Nanos within) {
  const auto deadline = Clock::now() + within;
  std::string answer;
  if (failure_.empty()) failure_ = write_all(write_fd_, line, deadline);
  if (failure_.empty()) failure_ = read_line(read_fd_, buffer_, answer, within, deadline);
  if (failure_.empty()) {
    const Json json = Json::parse(answer, nullptr, false);
    if (!json.is_object()) {
      failure_ = fmt::format("the sink's answer is no JSON object: {}", quote(answer));
    } else if (json.contains("error")) {
      failure_ = json.at("error").is_string() ? json.at("error").get<std::string>()
                                              : json.at("error").dump();
    }
  }
  if (!failure_.empty()) return failure(ExitCode::invalid, failure_);
  return answer;
}

Result<SinkPorts> SinkClient::wait_ready(Nanos within) {
  const auto answer = ask("", within);
  if (!answer) return failure(ExitCode::usage, answer.error().message);
  const Json json = Json::parse(*answer);
  const Json http = json.value("http_port", Json{}), grpc = json.value("grpc_port", Json{});
  const bool right = json.value("ready", Json{}) == true && http.is_number_integer() &&
                     (grpc.is_null() || grpc.is_number_integer());
  if (!right) {
    failure_ = fmt::format("the sink's first line is not that it is ready: {}", quote(*answer));
    return failure(ExitCode::usage, failure_);
  }
  return SinkPorts{http.get<int>(), grpc.is_null() ? 0 : grpc.get<int>()};
}

Status SinkClient::begin_segment(bool keeps_facts) {
  Json question{{"ask", "begin"}};
  if (keeps_facts) question["facts"] = true;
  const auto answer = ask(question.dump() + "\n", kBeginWithin);
  if (!answer) return failure(answer.error());
  return {};
}

Status SinkClient::plant(const SinkFaults& faults) {
  const Json question{{"ask", "fail"}, {"faults", faults_to_json(faults)}};
  const auto answer = ask(question.dump() + "\n", kBeginWithin);
  if (!answer) return failure(answer.error());
  return {};
}

Result<std::uint64_t> SinkClient::spans_received() {
  const auto answer = ask("{\"ask\":\"spans\"}\n", kCountWithin);
  if (!answer) return failure(answer.error());
  const Json json = Json::parse(*answer);
  if (!json.contains("spans") || !json.at("spans").is_number_unsigned()) {
    failure_ = fmt::format("the sink's answer holds no number of spans: {}", quote(*answer));
    return failure(ExitCode::invalid, failure_);
  }
  return json.at("spans").get<std::uint64_t>();
}

Result<Receipt> SinkClient::ask_receipt(const std::string& line) {
  const auto answer = ask(line, kCloseWithin);
  if (!answer) return failure(answer.error());
  auto receipt = receipt_from_json(Json::parse(*answer));
  if (!receipt) {
    failure_ = fmt::format("the sink's answer is no receipt: {}", receipt.error().message);
    return failure(ExitCode::invalid, failure_);
  }
  return receipt;
}

Result<Receipt> SinkClient::close_segment(const ExpectedSpans& expected) {
  const Json question{{"ask", "close"}, {"expected", expected_spans_to_json(expected)}};
  return ask_receipt(question.dump() + "\n");
}

Result<Receipt> SinkClient::count_segment() { return ask_receipt("{\"ask\":\"close\"}\n"); }

}  // namespace tracetax
