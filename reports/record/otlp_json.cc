// SPDX-License-Identifier: Apache-2.0
#include "reports/record/otlp_json.h"

#include "reports/record/json_values.h"

namespace tracetax {
namespace {

struct OtlpCount {
  const char* key;
  std::uint64_t OtlpAccount::*member;
};
constexpr OtlpCount kOtlpCounts[] = {{"spans_sent", &OtlpAccount::spans_sent},
                                     {"spans_accepted", &OtlpAccount::spans_accepted},
                                     {"spans_rejected", &OtlpAccount::spans_rejected},
                                     {"partial_successes", &OtlpAccount::partial_successes},
                                     {"warnings", &OtlpAccount::warnings},
                                     {"bytes_made", &OtlpAccount::bytes_made},
                                     {"bytes_packed", &OtlpAccount::bytes_packed},
                                     {"bytes_sent", &OtlpAccount::bytes_sent},
                                     {"making_ns", &OtlpAccount::making_ns}};

}  // namespace

Json otlp_to_json(const OtlpAccount& account) {
  Json json = Json::object();
  for (const OtlpCount& count : kOtlpCounts) json[count.key] = account.*count.member;
  json["retryable"] = map_to_json(account.retryable);
  json["message"] = text_or_null(account.message);
  return json;
}

std::optional<OtlpAccount> read_otlp(JsonFields& fields, std::string_view key) {
  const Json* object = fields.object(key);
  if (object == nullptr) return std::nullopt;
  JsonFields inner(*object, fields.pointer_to(key), fields.mistakes());
  OtlpAccount account;
  for (const OtlpCount& count : kOtlpCounts) account.*count.member = read_count(inner, count.key);
  account.retryable = read_counts(inner, "retryable");
  account.message = read_text(inner, "message");
  return account;
}

}  // namespace tracetax
