// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/application/users.h"

#include <atomic>
#include <charconv>
#include <system_error>

#include "targets/stages/codec/message_fields.h"

namespace tracetax {
namespace {

class UsersStage final : public Stage {
 public:
  explicit UsersStage(const UsersSpec& spec) : spec_(spec) {}

  void handle(Exchange& exchange, Next) const override {
    if (exchange.route == nullptr) return;  // answered by the route stage
    exchange.content_type = spec_.json_type;
    switch (exchange.asked.fails ? Action::fails : exchange.route->endpoint) {
      case Action::get_user:
        get_user(exchange);
        break;
      case Action::create_user:
        create_user(exchange);
        break;
      case Action::health:
        exchange.answer = R"({"status":"ok"})";
        break;
      case Action::echo:  // a method of RPC targets: no HTTP route has it
      case Action::filler:
        exchange.answer = "{}";
        break;
      case Action::fails:
        exchange.status = 500;
        exchange.answer = R"({"error":"it fails"})";
        break;
    }
    if (spec_.ends_lines) exchange.answer += '\n';
  }

  std::string describe() const override {
    return "users: decodes and encodes a User of four fields as JSON";
  }

 private:
  static void refuse(Exchange& exchange, std::string_view why) {
    exchange.status = 400;
    exchange.answer = R"({"error":)";
    append_json_string(why, exchange.answer);
    exchange.answer += '}';
  }

  static void get_user(Exchange& exchange) {
    const std::string_view text = exchange.params.get("id");
    User user;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), user.id);
    if (error != std::errc{} || end != text.data() + text.size() || user.id < 0) {
      refuse(exchange, "the user id must be a whole number");
      return;
    }
    user.name.append("user-").append(text);
    user.email.append(user.name).append("@example.com");
    user.created_at = "2024-01-01T00:00:00Z";
    encode_json(user, user_fields(), exchange.answer);
  }

  void create_user(Exchange& exchange) const {
    User user;
    if (const auto status = decode_json(exchange.body, user_fields(), user); !status) {
      refuse(exchange, status.error().message);
      return;
    }
    if (user.name.empty()) {
      refuse(exchange, "the user needs a name");
      return;
    }
    user.id = next_id_.fetch_add(1, std::memory_order_relaxed);
    if (user.created_at.empty()) user.created_at = "2024-01-01T00:00:00Z";
    exchange.status = 201;
    encode_json(user, user_fields(), exchange.answer);
  }

  UsersSpec spec_;
  mutable std::atomic<std::int64_t> next_id_{1};
};

}  // namespace

std::span<const JsonField<User>> user_fields() { return kUserFields; }

StagePointer make_stage(const UsersSpec& spec) { return std::make_unique<UsersStage>(spec); }

}  // namespace tracetax
