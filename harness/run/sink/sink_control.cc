// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_control.h"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "harness/core/receipt/receipt_json.h"
#include "harness/core/sink/sink_reader.h"
#include "harness/core/text/quote.h"
#include "harness/run/sink/faulty_receiver.h"
#include "harness/run/sink/sink_doors.h"

namespace tracetax {
namespace {

using Json = nlohmann::ordered_json;
/// A question holds at most the numbers of all requests of a segment that failed.
constexpr std::size_t kQuestionMax = 256U << 20U;
/// Receiving goes before the driver, which may spin: it is short, and who exports waits for it.
/// Decoding goes after everything.
constexpr int kReceivingNice = -5;  // to the driver's, where that is allowed
constexpr int kDecodingNice = 19;
/// How often the conversation looks whether there is something to decode: at 40,000 spans/s some 5
/// MB come in that time.
constexpr int kLookEveryMs = 250;

[[nodiscard]] Json error_line(const std::string& message) { return {{"error", message}}; }

[[nodiscard]] Json ready_line(const SinkDoors& doors) {
  Json line{{"ready", true}, {"http_port", doors.http_port()}, {"grpc_port", nullptr}};
  if (const auto port = doors.grpc_port()) line["grpc_port"] = *port;
  return line;
}

/// False when nobody reads any more.
bool write_line(int fd, const Json& json) {
  const std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t size = ::write(fd, line.data() + done, line.size() - done);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    done += static_cast<std::size_t>(size);
  }
  return true;
}

/// The conversation, and all decoding: on a thread of its own, so that receiving waits for neither.
class Conversation {
 public:
  Conversation(SinkStore& store, FaultyReceiver& faults, int read_fd, int write_fd)
      : store_(store), faults_(faults), in_(read_fd), out_(write_fd) {}
  ~Conversation() {
    ::close(in_);
    ::close(out_);
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  /// Until the other side has gone. `ready`: what is said first. `restart`: told of all faults.
  void hold(const Json& ready, std::function<void(const SinkFaults&)> restart,
            const std::stop_token& stop) {
    restart_ = std::move(restart);
    bool open = write_line(out_, ready);
    while (open && !stop.stop_requested()) {
      const std::size_t end = heard_.find('\n', searched_);
      if (end == std::string::npos) {
        searched_ = heard_.size();
        open = listen();
        continue;
      }
      const std::string question = heard_.substr(0, end);
      heard_.erase(0, end + 1);
      searched_ = 0;
      open = write_line(out_, answer_to(question));
    }
  }

 private:
  /// Hears what is said next, or uses the time. False at the end.
  [[nodiscard]] bool listen() {
    const bool busy = store_.should_decode();
    pollfd heard{in_, POLLIN, 0};
    const int news = ::poll(&heard, 1, busy ? 0 : kLookEveryMs);
    if (news < 0) return errno == EINTR;
    if (news == 0) {
      if (busy) store_.decode_one();
      return true;
    }
    char piece[64 * 1024];
    const ssize_t size = ::read(in_, piece, sizeof piece);
    if (size < 0) return errno == EINTR;
    heard_.append(piece, static_cast<std::size_t>(size));
    return size > 0 && heard_.size() <= kQuestionMax;
  }

  [[nodiscard]] Json answer_to(const std::string& question) {
    const Json json = Json::parse(question, nullptr, false);
    if (!json.is_object() || !json.contains("ask") || !json.at("ask").is_string()) {
      return error_line("not a question in JSON: " + quote(question));
    }
    const std::string ask = json.at("ask");
    if (ask == "begin") {
      fail({});
      store_.begin_segment(json.value("facts", Json()) == true);
      return {{"ok", true}};
    }
    if (ask == "fail") {
      const auto faults = faults_from_json(json.value("faults", Json()));
      if (!faults) return error_line("faults: " + faults.error().message);
      fail(*faults);
      return {{"ok", true}};
    }
    if (ask != "spans" && ask != "close") {
      return error_line(
          fmt::format("unknown question {}; known: begin, fail, spans, close", quote(ask)));
    }
    // What had arrived when asked; more may arrive meanwhile, and waits for the next question.
    for (std::size_t left = store_.undecoded(); left > 0; --left) store_.decode_one();
    if (ask == "spans") return {{"spans", store_.distinct_spans() + store_.rejected_spans()}};
    if (!json.contains("expected")) return told(store_.receipt());
    const auto expected = expected_spans_from_json(json.at("expected"));
    if (!expected) return error_line(expected.error().message);
    return told(store_.receipt(*expected));
  }

  [[nodiscard]] Json told(Receipt receipt) const {
    receipt.recovery_ms = faults_.recovery_ms();
    return receipt_to_json(receipt);
  }

  void fail(const SinkFaults& faults) {
    faults_.plant(faults);
    if (restart_) restart_(faults);
  }

  SinkStore& store_;
  FaultyReceiver& faults_;
  std::function<void(const SinkFaults&)> restart_;
  const int in_, out_;
  std::string heard_;
  std::size_t searched_ = 0;  // so much of it holds no line's end
};

}  // namespace

Status run_sink_control(int read_fd, int write_fd, const SinkControlOptions& options) {
  SinkStore store(options.memory_bytes);
  FaultyReceiver faulty(store);
  Conversation conversation(store, faulty, read_fd, write_fd);
  // Before the doors, whose threads inherit it.
  const int nice = getpriority(PRIO_PROCESS, 0);
  setpriority(PRIO_PROCESS, 0, nice + kReceivingNice);
  auto doors = open_doors(options.doors, faulty);
  if (!doors) {
    write_line(write_fd, error_line(doors.error().message));
    return failure(doors.error());
  }
  boost::asio::io_context& io = (*doors)->io();
  SinkRestart restart(**doors, faulty);
  std::exception_ptr thrown;
  std::jthread aside([&](const std::stop_token& stop) {
    setpriority(PRIO_PROCESS, 0, kDecodingNice);  // of this thread alone
    try {
      conversation.hold(
          ready_line(**doors), [&restart](const SinkFaults& faults) { restart.plan(faults); },
          stop);
    } catch (...) {
      thrown = std::current_exception();
    }
    io.stop();
  });
  try {
    io.run();
    aside.join();
    if (thrown) std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return failure(ExitCode::internal, fmt::format("sink: {}", error.what()));
  }
  return {};
}

}  // namespace tracetax
