// MongoDB's protocol by libmongoc, to documents that are found by their _id. Spans: otelmongo v0.70
// (mongo.go), go-zero v1.10.3 core/stores/mon/trace.go.
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <mongoc/mongoc.h>

#include <charconv>

#include "harness/core/text/shell_words.h"
#include "targets/legs/client/connection_pool.h"
#include "targets/legs/client/leg_span.h"
#include "targets/legs/client/once.h"
#include "targets/legs/store/command_words.h"
#include "targets/legs/stores.h"

namespace tracetax {
namespace {

constexpr std::uint32_t kDuplicateKey = 11000;

struct MongoDeleter {
  void operator()(mongoc_uri_t* uri) const { mongoc_uri_destroy(uri); }
  void operator()(mongoc_client_pool_t* pool) const { mongoc_client_pool_destroy(pool); }
  void operator()(mongoc_collection_t* collection) const { mongoc_collection_destroy(collection); }
  void operator()(mongoc_cursor_t* cursor) const { mongoc_cursor_destroy(cursor); }
};
template <typename T>
using Mongo = std::unique_ptr<T, MongoDeleter>;

/// A bson_t has an alignment of its own, which unique_ptr's argument would lose.
class BsonDocument {
 public:
  explicit BsonDocument(bson_t* document) : document_(document) {}
  ~BsonDocument() { bson_destroy(document_); }
  BsonDocument(const BsonDocument&) = delete;
  BsonDocument& operator=(const BsonDocument&) = delete;
  [[nodiscard]] bson_t* get() const { return document_; }

 private:
  bson_t* document_;  // null: no proper JSON
};

/// Error codes: fail for a key that is there already, which is no error of the command.
tl::unexpected<Error> mongo_error(const bson_error_t& error) {
  return failure(error.code == kDuplicateKey ? ExitCode::fail : ExitCode::invalid, error.message);
}

void append_id(const BsonDocument& document, const std::string& id) {
  BSON_APPEND_UTF8(document.get(), "_id", id.c_str());
}

Result<CommandAnswer> mongo_find(mongoc_collection_t* users, std::span<const std::string> words) {
  const BsonDocument filter(bson_new());
  append_id(filter, words[0]);
  const BsonDocument options(BCON_NEW("limit", BCON_INT64(1)));
  const Mongo<mongoc_cursor_t> cursor(
      mongoc_collection_find_with_opts(users, filter.get(), options.get(), nullptr));
  const bson_t* found = nullptr;
  if (mongoc_cursor_next(cursor.get(), &found)) {
    char* text = bson_as_relaxed_extended_json(found, nullptr);
    CommandAnswer answer{.none = false, .value = std::string(text)};
    bson_free(text);
    return answer;
  }
  bson_error_t error;
  if (mongoc_cursor_error(cursor.get(), &error)) return mongo_error(error);
  return CommandAnswer{.none = true, .value = {}};
}

Result<CommandAnswer> mongo_insert(mongoc_collection_t* users, std::span<const std::string> words) {
  bson_error_t error;
  const BsonDocument document(bson_new());
  append_id(document, words[0]);
  if (words.size() > 1) {
    const auto* json = reinterpret_cast<const std::uint8_t*>(words[1].data());
    const BsonDocument fields(
        bson_new_from_json(json, static_cast<ssize_t>(words[1].size()), &error));
    if (fields.get() == nullptr) return mongo_error(error);
    bson_concat(document.get(), fields.get());
  }
  if (!mongoc_collection_insert_one(users, document.get(), nullptr, nullptr, &error)) {
    return mongo_error(error);
  }
  return CommandAnswer{.none = false, .value = words[0]};
}

/// ID FIELD [AMOUNT [LEAST]]: adds, if at least LEAST stays.
Result<CommandAnswer> mongo_update(mongoc_collection_t* users, std::span<const std::string> words) {
  std::int64_t numbers[2] = {1, 0};
  for (std::size_t i = 2; i < words.size(); ++i) {
    const std::string& text = words[i];
    const auto [end, problem] =
        std::from_chars(text.data(), text.data() + text.size(), numbers[i - 2]);
    if (problem != std::errc{} || end != text.data() + text.size()) {
      return failure(ExitCode::usage, fmt::format("'{}' is no whole number", text));
    }
  }
  const BsonDocument filter(bson_new());
  append_id(filter, words[0]);
  if (words.size() == 4) {
    const BsonDocument least(BCON_NEW("$gte", BCON_INT64(numbers[1] - numbers[0])));
    BSON_APPEND_DOCUMENT(filter.get(), words[1].c_str(), least.get());
  }
  const BsonDocument change(BCON_NEW("$inc", "{", words[1].c_str(), BCON_INT64(numbers[0]), "}"));
  bson_t reply;
  bson_error_t error;
  const bool done =
      mongoc_collection_update_one(users, filter.get(), change.get(), nullptr, &reply, &error);
  bson_iter_t at;
  const bool matched =
      bson_iter_init_find(&at, &reply, "matchedCount") && bson_iter_as_int64(&at) > 0;
  bson_destroy(&reply);
  if (!done) return mongo_error(error);
  return CommandAnswer{.none = !matched, .value = {}};
}

struct MongoCommand {
  std::string_view name;
  std::size_t least_words, most_words;  // behind the collection
  std::string_view gozero;              // the method's name there
  Result<CommandAnswer> (*run)(mongoc_collection_t*, std::span<const std::string>);
};
constexpr std::array<MongoCommand, 3> kMongoCommands{{
    {"find", 1, 1, "FindOne", mongo_find},
    {"insert", 1, 2, "InsertOne", mongo_insert},
    {"update", 2, 4, "UpdateByID", mongo_update},
}};

enum MongoTracing : std::size_t { kMongoOtel, kMongoGozero, kMongoNone };
constexpr std::array<std::string_view, 3> kMongoTracings{"otelmongo", "gozero", "none"};

/// One of the pool's clients; libmongoc keeps one connection in each.
class PooledClient {
 public:
  explicit PooledClient(mongoc_client_pool_t* pool)
      : pool_(pool), client_(mongoc_client_pool_pop(pool)) {}
  ~PooledClient() {
    if (client_ != nullptr) mongoc_client_pool_push(pool_, client_);
  }
  PooledClient(const PooledClient&) = delete;
  PooledClient& operator=(const PooledClient&) = delete;
  [[nodiscard]] mongoc_client_t* get() const { return client_; }

 private:
  mongoc_client_pool_t* pool_;
  mongoc_client_t* client_;  // null: none came free in time
};

class MongoStore final : public Store {
 public:
  MongoStore(const StoreLeg& leg, const LegAddress& address, std::size_t tracing)
      : leg_(leg), address_(address), tracing_(tracing) {
    static std::once_flag once;
    std::call_once(once, [] {
      mongoc_init();
      mongoc_log_set_handler(nullptr, nullptr);  // what fails is told by its error
    });
    const Nanos wait = leg.wait > Nanos{0} ? leg.wait : Nanos(kLongestWait);
    const Mongo<mongoc_uri_t> uri(mongoc_uri_new(
        fmt::format("mongodb://{}:{}/bench?maxPoolSize={}&waitQueueTimeoutMS={}"
                    "&connectTimeoutMS={}&serverSelectionTimeoutMS={}&socketTimeoutMS={}"
                    "&retryWrites=false&retryReads=false",
                    address.host, address.port, leg.connections,
                    std::max<Nanos::rep>(1, wait / std::chrono::milliseconds(1)),
                    kConnectLimit / std::chrono::milliseconds(1),
                    kConnectLimit / std::chrono::milliseconds(1),
                    kStatementLimit / std::chrono::milliseconds(1))
            .c_str()));
    pool_.reset(mongoc_client_pool_new(uri.get()));
    mongoc_client_pool_set_error_api(pool_.get(), MONGOC_ERROR_API_VERSION_2);
  }

  Status set_up(const std::vector<std::string>& setup) override {
    Status done = try_for(kStartLimit, [this]() -> Status {
      auto looked = plain({"find", "tracetax_setup", leg_.name});
      if (!looked) return failure(looked.error());
      return {};
    });
    if (done && !setup.empty()) done = set_up_documents(setup);
    if (!done) return failure(ExitCode::invalid, leg_failed(leg_, done.error().message).error);
    return {};
  }

  LegResult run(const StoreStep& step, const LegCall& call) override {
    const auto words = filled_words(step.command, call.values);
    auto answer = command(words, call.tracer, tracing_ == kMongoNone ? nullptr : call.parent);
    if (!answer) return leg_failed(leg_, answer.error().message);
    return end_command(step, std::move(*answer), call.values);
  }
  LegResult run(const SqlStep&, const LegCall&) override {
    return wrong_kind(leg_, "commands, and no SQL");
  }

  std::string describe() const override {
    return fmt::format("{}: MongoDB's protocol at {}:{}, a pool of {} connections, spans of {}",
                       leg_.name, address_.host, address_.port, leg_.connections,
                       kMongoTracings[tracing_]);
  }

 private:
  Status set_up_documents(const std::vector<std::string>& setup) {
    const std::string mark = leg_.name + " is set up";
    return set_up_once(
        [&]() -> Result<bool> {
          auto claimed = plain({"insert", "tracetax_setup", leg_.name});
          if (claimed) return true;
          if (claimed.error().code == ExitCode::fail) return false;
          return failure(claimed.error());
        },
        [&]() -> Status {
          for (const std::string& text : setup) {
            auto words = shell_words(text);
            if (!words) return failure(words.error());
            if (auto done = plain(*words); !done) return failure(done.error());
          }
          auto done = plain({"insert", "tracetax_setup", mark});
          if (!done) return failure(done.error());
          return {};
        },
        [&]() -> Result<bool> {
          auto found = plain({"find", "tracetax_setup", mark});
          if (!found) return failure(found.error());
          return !found->none;
        });
  }

  static Result<const MongoCommand*> known(std::span<const std::string> words) {
    for (const MongoCommand& command : kMongoCommands) {
      if (!words.empty() && words[0] == command.name && words.size() >= 2 + command.least_words &&
          words.size() <= 2 + command.most_words) {
        return &command;
      }
    }
    return failure(ExitCode::usage,
                   "a store of MongoDB's knows [\"find\", COLLECTION, ID], [\"insert\", "
                   "COLLECTION, ID, JSON] and [\"update\", COLLECTION, ID, FIELD, AMOUNT, LEAST]");
  }

  Result<CommandAnswer> plain(const std::vector<std::string>& words) {
    const auto command = known(words);
    if (!command) return failure(command.error());
    return run_command(**command, words);
  }

  Result<CommandAnswer> command(const std::vector<std::string>& words, Tracer& tracer,
                                const Span* parent) {
    const auto command = known(words);
    if (!command) return failure(command.error());
    const bool otel = tracing_ == kMongoOtel;
    const std::string name = otel ? fmt::format("{}.{}", words[1], words[0]) : "mongo";
    auto span = leg_span(tracer, parent, name, [&] { return attributes(**command, words[1]); });
    auto answer = run_command(**command, words);
    if (!span) return answer;
    if (otel) {
      if (!answer && answer.error().code != ExitCode::fail) {
        span->set_status(SpanStatus::error, answer.error().message);
      }
    } else if (answer) {
      span->set_status(SpanStatus::ok);
    } else {
      record_error(span, "mongo.CommandError", answer.error().message, answer.error().message);
    }
    return answer;
  }

  Result<CommandAnswer> run_command(const MongoCommand& command,
                                    std::span<const std::string> words) {
    const PooledClient client(pool_.get());
    if (client.get() == nullptr) {
      return failure(ExitCode::invalid,
                     fmt::format("all {} connections are in use", leg_.connections));
    }
    const Mongo<mongoc_collection_t> collection(
        mongoc_client_get_collection(client.get(), "bench", words[1].c_str()));
    return command.run(collection.get(), words.subspan(2));
  }

  Attributes attributes(const MongoCommand& command, const std::string& collection) const {
    if (tracing_ == kMongoGozero) return {{"mongo.cmd", std::string(command.gozero)}};
    return {{"db.system.name", std::string("mongodb")},
            {"db.operation.name", std::string(command.name)},
            {"db.namespace", std::string("bench")},
            {"network.transport", std::string("tcp")},
            {"network.peer.port", std::int64_t{address_.port}},
            {"network.peer.address", fmt::format("{}:{}", address_.host, address_.port)},
            {"db.collection.name", collection}};
  }

  const StoreLeg leg_;
  const LegAddress address_;
  const std::size_t tracing_;
  Mongo<mongoc_client_pool_t> pool_;
};

}  // namespace

Result<std::unique_ptr<Store>> make_mongodb_store(const StoreLeg& leg, const LegAddress& address) {
  const auto tracing = instrumentation_of(leg, kMongoTracings);
  if (!tracing) return failure(tracing.error());
  return std::make_unique<MongoStore>(leg, address, *tracing);
}

}  // namespace tracetax
