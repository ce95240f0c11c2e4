// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/govern/guards.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <functional>
#include <optional>
#include <system_error>
#include <unordered_map>

#include "harness/core/gzip/gzip.h"
#include "targets/request/rejection.h"

namespace tracetax {
namespace {

/// Lives as long as the request.
struct Passage {
  std::string unpacked;
};

bool refuse(Exchange& exchange, unsigned status, std::string_view why) {
  reject(exchange, {.status = status, .content_type = kPlainText, .text = why});
  return false;
}

bool within_limit(Exchange& exchange, std::size_t most) {
  const std::string_view text = exchange.header(boost::beast::http::field::content_length);
  std::size_t announced = 0;
  std::from_chars(text.data(), text.data() + text.size(), announced);
  if (announced <= most && exchange.body.size() <= most) return true;
  return refuse(exchange, 413, fmt::format("the body is larger than {} bytes", most));
}

bool unpack(Exchange& exchange, std::size_t most, Passage& passage) {
  const std::string_view encoding = exchange.header(boost::beast::http::field::content_encoding);
  if (encoding.find("gzip") == std::string_view::npos) return true;
  auto unpacked = gunzip(exchange.body, most);
  if (unpacked) {
    passage.unpacked = std::move(*unpacked);
    exchange.body = passage.unpacked;
    return true;
  }
  if (!unpacked.error().too_large) return refuse(exchange, 400, "the body is not gzip");
  return refuse(exchange, 413, fmt::format("the body unpacks to more than {} bytes", most));
}

std::string_view method_name(const Exchange& exchange) {
  const std::size_t slash = exchange.path.rfind('/');
  return slash == std::string_view::npos ? exchange.path : exchange.path.substr(slash + 1);
}

class GuardsStage final : public Stage {
 public:
  explicit GuardsStage(const GuardsSpec& spec) : spec_(spec) {
    for (const Guard guard : spec_.guards) checks_.push_back(check_of(guard));
    counts_running_ = std::ranges::find(spec_.guards, Guard::shutdown) != spec_.guards.end();
  }

  void handle(Exchange& exchange, Next next) const override {
    const Running running(counts_running_ ? &running_ : nullptr);
    const std::string_view sent = exchange.body;
    Passage passage;
    for (const Check& check : checks_) {
      if (!check(exchange, passage)) return;
    }
    next(exchange);
    exchange.body = sent;  // what was unpacked ends with this stage
  }

  std::string describe() const override {
    std::string text = fmt::format("guards: {}", checks_.size());
    for (const Guard guard : spec_.guards) text.append(" ").append(guard_name(guard));
    return text;
  }

 private:
  /// True: goes on.
  using Check = std::function<bool(Exchange&, Passage&)>;

  class Running {
   public:
    explicit Running(std::atomic<int>* count) : count_(count) {
      if (count_ != nullptr) count_->fetch_add(1);
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
      if (count_ != nullptr) count_->fetch_sub(1);
    }

   private:
    std::atomic<int>* count_;
  };

  Check check_of(Guard guard) const {
    switch (guard) {
      case Guard::max_bytes:
        return [this](Exchange& e, Passage&) { return within_limit(e, spec_.body_max); };
      case Guard::gunzip:
        return [this](Exchange& e, Passage& p) { return unpack(e, spec_.body_max, p); };
      case Guard::acl:
        return [this](Exchange& e, Passage&) { return is_allowed(e); };
      case Guard::token:
        return [this](Exchange& e, Passage&) { return has_token(e); };
      case Guard::echo:
        return [](Exchange& e, Passage&) { return is_no_echo(e); };
      case Guard::generic:
        return [](Exchange& e, Passage&) {
          return method_name(e) != "$invoke" || refuse(e, 404, "there is no generic service");
        };
      case Guard::accesslog:
        return [this](Exchange&, Passage&) { return is_unset("accesslog"); };
      case Guard::tps:
        return [this](Exchange&, Passage&) { return is_unset("tps.limiter"); };
      case Guard::execute:
        return [this](Exchange&, Passage&) { return is_unset("execute.limit"); };
      case Guard::shutdown:
        return [this](Exchange&, Passage&) { return running_.load() > 0; };
      case Guard::validate:
        return [](Exchange& e, Passage&) {
          const auto* user = std::get_if<User>(&e.request);
          return user == nullptr || user->id >= 0 ||
                 refuse(e, 400, "the user id must not be negative");
        };
      case Guard::cors:
        return [](Exchange& e, Passage&) {
          return e.header(boost::beast::http::field::origin).empty() || e.method != "OPTIONS" ||
                 refuse(e, 403, "no other origin is allowed");
        };
    }
    return [](Exchange&, Passage&) { return true; };
  }

  bool is_allowed(Exchange& exchange) const {
    for (const std::string& name : spec_.denied) {
      if (exchange.header("source-service") == name)
        return refuse(exchange, 403, "the caller is denied");
    }
    return true;
  }

  bool has_token(Exchange& exchange) const {
    if (spec_.token.empty() || exchange.header("token") == spec_.token) return true;
    return refuse(exchange, 401, "the token is wrong or missing");
  }

  static bool is_no_echo(Exchange& exchange) {
    if (method_name(exchange) != "$echo") return true;
    exchange.answer = exchange.body;
    return false;
  }

  /// The parameters of a service's address, a map that dubbo-go's filters ask by name.
  bool is_unset(const std::string& name) const {
    return parameters_.find(name) == parameters_.end();
  }

  const GuardsSpec spec_;
  const std::unordered_map<std::string, std::string> parameters_{{"interface", "bench.v1.Bench"},
                                                                 {"group", ""},
                                                                 {"version", ""},
                                                                 {"side", "provider"},
                                                                 {"cluster", "failover"},
                                                                 {"loadbalance", "random"},
                                                                 {"retries", "2"},
                                                                 {"timeout", "3s"}};
  std::vector<Check> checks_;
  bool counts_running_ = false;
  mutable std::atomic<int> running_{0};
};

}  // namespace

std::string_view guard_name(Guard guard) {
  switch (guard) {
    case Guard::max_bytes:
      return "max_bytes";
    case Guard::gunzip:
      return "gunzip";
    case Guard::acl:
      return "acl";
    case Guard::token:
      return "token";
    case Guard::echo:
      return "echo";
    case Guard::accesslog:
      return "accesslog";
    case Guard::tps:
      return "tps";
    case Guard::generic:
      return "generic";
    case Guard::execute:
      return "execute";
    case Guard::shutdown:
      return "shutdown";
    case Guard::validate:
      return "validate";
    case Guard::cors:
      return "cors";
  }
  return "";
}

StagePointer make_stage(const GuardsSpec& spec) { return std::make_unique<GuardsStage>(spec); }

}  // namespace tracetax
