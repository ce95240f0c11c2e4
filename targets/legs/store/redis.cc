// Redis by hiredis. Spans: redisotel of go-redis v9.17.2 (extra/redisotel/tracing.go,
// extra/rediscmd), go-zero v1.10.3 core/stores/redis/durationhook.go.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <shared_mutex>

#include "harness/core/text/shell_words.h"
#include "targets/legs/client/connection_pool.h"
#include "targets/legs/client/leg_span.h"
#include "targets/legs/client/once.h"
#include "targets/legs/store/command_words.h"
#include "targets/legs/stores.h"

namespace tracetax {
namespace {

struct HiredisDeleter {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using RedisReply = std::unique_ptr<redisReply, HiredisDeleter>;

class RedisConnection {
 public:
  static Result<std::unique_ptr<RedisConnection>> connect(const LegAddress& address) {
    std::unique_ptr<RedisConnection> made(new RedisConnection(
        redisConnectWithTimeout(address.host.c_str(), address.port,
                                timeval{.tv_sec = kConnectLimit.count(), .tv_usec = 0})));
    if (!made->context_) return failure(ExitCode::internal, "no memory");
    if (made->context_->err != 0) return failure(ExitCode::invalid, made->context_->errstr);
    redisSetTimeout(made->context_.get(), timeval{.tv_sec = kStatementLimit.count(), .tv_usec = 0});
    return made;
  }
  [[nodiscard]] bool reusable() const { return context_->err == 0; }
  [[nodiscard]] bool alive() const { return is_quiet(context_->fd); }

  /// An error reply is an error too; its message is Redis's own.
  Result<RedisReply> run(std::span<const std::string> words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string& word : words) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
    RedisReply reply(static_cast<redisReply*>(redisCommandArgv(
        context_.get(), static_cast<int>(texts.size()), texts.data(), sizes.data())));
    if (!reply) return failure(ExitCode::invalid, error_of_connection());
    if (reply->type == REDIS_REPLY_ERROR) {
      return failure(ExitCode::fail, std::string(reply->str, reply->len));
    }
    return reply;
  }

 private:
  explicit RedisConnection(redisContext* context) : context_(context) {}
  [[nodiscard]] std::string error_of_connection() const {
    if (context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return fmt::format("no answer within {} s", kStatementLimit.count());
    }
    return context_->errstr;
  }
  std::unique_ptr<redisContext, HiredisDeleter> context_;
};

std::string in_lower_case(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(c));
  return lower;
}

/// As a value; none for what cannot be one. Parts of a list stand side by side.
std::optional<std::string> text_of(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      return std::to_string(reply.integer);
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return std::string(reply.str, reply.len);
    case REDIS_REPLY_ARRAY: {
      std::string all;
      for (std::size_t i = 0; i < reply.elements; ++i) {
        if (i > 0) all += ',';
        all += text_of(*reply.element[i]).value_or("");
      }
      return all;
    }
    default:
      return std::nullopt;
  }
}

/// Nil, 0, a negative number, and a list without anything else.
bool says_none(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_NIL) return true;
  if (reply.type == REDIS_REPLY_INTEGER) return reply.integer <= 0;
  return reply.type == REDIS_REPLY_ARRAY &&
         std::all_of(reply.element, reply.element + reply.elements,
                     [](const redisReply* part) { return part->type == REDIS_REPLY_NIL; });
}

/// rediscmd.CmdString: what has more than visible ASCII stands there in hexadecimal digits.
std::string statement_text(std::span<const std::string> words) {
  std::string text = in_lower_case(words.front());
  for (const std::string& word : words.subspan(1)) {
    text += ' ';
    if (std::ranges::all_of(word, [](char c) { return c >= 0x21 && c <= 0x7e; })) {
      text += word;
    } else {
      for (const char c : word) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
  }
  return text;
}

enum RedisTracing : std::size_t { kRedisOtel, kRedisGozero, kRedisNone };
constexpr std::array<std::string_view, 3> kRedisTracings{"redisotel", "gozero", "none"};

class RedisStore final : public Store {
 public:
  RedisStore(const StoreLeg& leg, const LegAddress& address, std::size_t tracing)
      : leg_(leg), address_(address), tracing_(tracing), pool_(leg.connections, leg.wait) {}

  Status set_up(const std::vector<std::string>& setup) override {
    auto connection = try_for(kStartLimit, [this] { return RedisConnection::connect(address_); });
    Status done = connection ? set_up_on(**connection, setup) : failure(connection.error());
    if (done) done = pool_.fill([this] { return RedisConnection::connect(address_); });
    if (!done) return failure(ExitCode::invalid, leg_failed(leg_, done.error().message).error);
    return {};
  }

  LegResult run(const StoreStep& step, const LegCall& call) override {
    std::vector<std::string> words = filled_words(step.command, call.values);
    const bool is_script = !step.script.empty();
    if (words.empty() && !is_script) return leg_failed(leg_, "a command has no words");
    Result<RedisReply> reply;
    if (is_script) {
      Result<std::string> hash = hash_of(step.script);
      if (!hash) return leg_failed(leg_, hash.error().message);
      words.insert(words.begin(), {"evalsha", *hash, std::to_string(step.keys)});
      reply = traced(words, call);
      if (!reply && reply.error().message.starts_with("NOSCRIPT")) {  // as go-redis's Script.Run
        words[0] = "eval";
        words[1] = step.script;
        reply = traced(words, call);
      }
    } else {
      reply = traced(words, call);
    }
    if (!reply) return leg_failed(leg_, reply.error().message);
    return end_command(step, {says_none(**reply), text_of(**reply)}, call.values);
  }
  LegResult run(const SqlStep&, const LegCall&) override {
    return wrong_kind(leg_, "commands, and no SQL");
  }

  std::string describe() const override {
    return fmt::format("{}: Redis at {}:{}, a pool of {} connections, spans of {}", leg_.name,
                       address_.host, address_.port, leg_.connections, kRedisTracings[tracing_]);
  }

 private:
  Status set_up_on(RedisConnection& connection, const std::vector<std::string>& setup) {
    if (setup.empty()) return {};
    const std::string key = "tracetax:setup:" + leg_.name;
    const auto run = [&](std::vector<std::string> words) -> Result<RedisReply> {
      return connection.run(words);
    };
    return set_up_once(
        [&]() -> Result<bool> {
          auto set = run({"SET", key, "begun", "NX"});
          if (!set) return failure(set.error());
          return (*set)->type != REDIS_REPLY_NIL;
        },
        [&]() -> Status {
          for (const std::string& command : setup) {
            auto words = shell_words(command);
            if (!words) return failure(words.error());
            if (auto done = run(*words); !done) return failure(done.error());
          }
          if (auto done = run({"SET", key, "done"}); !done) return failure(done.error());
          return {};
        },
        [&]() -> Result<bool> {
          auto got = run({"GET", key});
          if (!got) return failure(got.error());
          return text_of(**got) == "done";
        });
  }

  /// A script is loaded by its first use in this process, in no trace: services do so at their
  /// start.
  Result<std::string> hash_of(const std::string& script) {
    {
      const std::shared_lock lock(hashes_mutex_);
      const auto found = hashes_.find(script);
      if (found != hashes_.end()) return found->second;
    }
    auto connection = pool_.take([this] { return RedisConnection::connect(address_); });
    if (!connection) return failure(connection.error());
    const std::array<std::string, 3> words{"SCRIPT", "LOAD", script};
    auto loaded = (*connection)->run(words);
    if (!loaded) return failure(loaded.error());
    const std::unique_lock lock(hashes_mutex_);
    return hashes_[script] = text_of(**loaded).value_or("");
  }

  Result<RedisReply> traced(std::span<const std::string> words, const LegCall& call) {
    const Span* parent = tracing_ == kRedisNone ? nullptr : call.parent;
    const std::string name = in_lower_case(words.front());
    auto span =
        leg_span(call.tracer, parent, tracing_ == kRedisOtel ? std::string_view(name) : "redis",
                 [&] { return attributes(name, words); });
    Result<RedisReply> reply = [&]() -> Result<RedisReply> {
      auto connection = pool_.take([&] {
        auto dial = leg_span(call.tracer, tracing_ == kRedisOtel ? inside(span) : nullptr,
                             "redis.dial", [this] { return server_attributes(); });
        auto opened = RedisConnection::connect(address_);
        if (!opened)
          record_error(dial, "*net.OpError", opened.error().message, opened.error().message);
        return opened;
      });
      if (!connection) return failure(connection.error());
      return (*connection)->run(words);
    }();
    if (!reply) {
      const bool is_redis = reply.error().code == ExitCode::fail;
      record_error(
          span,
          is_redis ? "github.com/redis/go-redis/v9/internal/proto.RedisError" : "*net.OpError",
          reply.error().message, reply.error().message);
    } else if (span && tracing_ == kRedisGozero) {
      span->set_status(SpanStatus::ok);
    }
    return reply;
  }

  Attributes server_attributes() const {
    return {{"server.address", address_.host},
            {"server.port", std::int64_t{address_.port}},
            {"db.system", std::string("redis")},
            {"db.connection_string", fmt::format("redis://{}:{}", address_.host, address_.port)}};
  }

  Attributes attributes(const std::string& name, std::span<const std::string> words) const {
    if (tracing_ == kRedisGozero) return {{"redis.cmds", std::vector<std::string>{name}}};
    Attributes all = server_attributes();
    all.push_back({"code.function", std::string("main.(*Service).Run")});
    all.push_back({"code.filepath", std::string("/app/main.go")});
    all.push_back({"code.lineno", std::int64_t{1}});
    all.push_back({"db.statement", statement_text(words)});
    return all;
  }

  const StoreLeg leg_;
  const LegAddress address_;
  const std::size_t tracing_;
  ConnectionPool<RedisConnection> pool_;
  std::shared_mutex hashes_mutex_;
  std::map<std::string, std::string, std::less<>> hashes_;  // of scripts that are loaded
};

}  // namespace

Result<std::unique_ptr<Store>> make_redis_store(const StoreLeg& leg, const LegAddress& address) {
  const auto tracing = instrumentation_of(leg, kRedisTracings);
  if (!tracing) return failure(tracing.error());
  return std::make_unique<RedisStore>(leg, address, *tracing);
}

}  // namespace tracetax
