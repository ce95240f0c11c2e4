// SPDX-License-Identifier: Apache-2.0
#include "harness/run/sink/sink_control.h"

#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include "harness/core/receipt/receipt_json.h"
#include "harness/core/text/quote.h"
#include "harness/run/sink/sink_doors.h"

namespace tracetax {
namespace asio = boost::asio;

namespace {

using Json = nlohmann::ordered_json;
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
/// A question holds at most the numbers of all requests of a segment that failed.
constexpr std::size_t kQuestionMax = 256U << 20U;

// Functions, because g++ 12 does not take braced lists inside of coroutines.
[[nodiscard]] Json error_line(const std::string& message) { return {{"error", message}}; }
[[nodiscard]] Json ready_line(const SinkDoors& doors) {
  Json line{{"ready", true}, {"http_port", doors.http->port()}, {"grpc_port", nullptr}};
  if (doors.grpc) line["grpc_port"] = doors.grpc->port();
  return line;
}
[[nodiscard]] Json ok_line() { return {{"ok", true}}; }
[[nodiscard]] Json spans_line(std::uint64_t spans) { return {{"spans", spans}}; }

/// The conversation. One question at a time; the server goes on between payloads while it decodes.
class Conversation {
 public:
  Conversation(asio::io_context& io, SinkStore& store, int read_fd, int write_fd)
      : io_(io), store_(store), in_(io, read_fd), out_(io, write_fd) {}

  /// `ready`: what is said first.
  asio::awaitable<void> hold(Json ready) {
    bool open = co_await say(ready);
    std::string buffer;
    while (open) {
      const auto [error, size] = co_await asio::async_read_until(
          in_, asio::dynamic_buffer(buffer, kQuestionMax), '\n', kNoThrow);
      if (error) break;
      const std::string question = buffer.substr(0, size - 1);
      buffer.erase(0, size);
      const Json answer = co_await answer_to(question);
      open = co_await say(answer);
    }
    io_.stop();
  }

 private:
  asio::awaitable<bool> say(const Json& answer) {
    const std::string line = answer.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    const auto [error, size] = co_await asio::async_write(out_, asio::buffer(line), kNoThrow);
    co_return !error;
  }

  asio::awaitable<Json> answer_to(const std::string& question) {
    const Json json = Json::parse(question, nullptr, false);
    if (!json.is_object() || !json.contains("ask") || !json.at("ask").is_string()) {
      co_return error_line("not a question in JSON: " + quote(question));
    }
    const std::string ask = json.at("ask");
    if (ask == "begin") {
      store_.begin_segment();
      co_return ok_line();
    }
    if (ask != "spans" && ask != "close") {
      co_return error_line(
          fmt::format("unknown question {}; known: begin, spans, close", quote(ask)));
    }
    co_await decode_what_came();
    if (ask == "spans") co_return spans_line(store_.distinct_spans());
    if (!json.contains("expected")) co_return receipt_to_json(store_.receipt());
    const auto expected = expected_spans_from_json(json.at("expected"));
    if (!expected) co_return error_line(expected.error().message);
    co_return receipt_to_json(store_.receipt(*expected));
  }

  /// What had arrived when asked; more may arrive meanwhile, and waits for the next question.
  asio::awaitable<void> decode_what_came() {
    for (std::size_t left = store_.undecoded(); left > 0; --left) {
      store_.decode_one();
      co_await asio::post(io_, asio::use_awaitable);
    }
  }

  asio::io_context& io_;
  SinkStore& store_;
  asio::posix::stream_descriptor in_, out_;
};

/// To a descriptor that no io_context has yet; blocking.
void write_line(int fd, const Json& json) {
  const std::string line = json.dump() + "\n";
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t size = ::write(fd, line.data() + done, line.size() - done);
    if (size <= 0) return;
    done += static_cast<std::size_t>(size);
  }
}

}  // namespace

Status run_sink_control(int read_fd, int write_fd, const SinkControlOptions& options) {
  SinkStore store(options.memory_bytes);
  const auto doors = open_doors(options.http_port, options.grpc_port, store);
  if (!doors) {
    write_line(write_fd, error_line(doors.error().message));
    ::close(read_fd);
    ::close(write_fd);
    return failure(doors.error());
  }
  asio::io_context& io = doors->http->io();
  try {
    Conversation conversation(io, store, read_fd, write_fd);
    asio::co_spawn(io, conversation.hold(ready_line(*doors)), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
    io.run();
  } catch (const std::exception& error) {
    return failure(ExitCode::internal, fmt::format("sink: {}", error.what()));
  }
  return {};
}

}  // namespace tracetax
