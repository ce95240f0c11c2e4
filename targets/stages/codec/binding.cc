// SPDX-License-Identifier: Apache-2.0
#include "targets/stages/codec/binding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>
#include <unordered_map>

#include "harness/core/text/url_parts.h"
#include "targets/request/http_text.h"
#include "targets/stages/codec/message_fields.h"

namespace tracetax {
namespace {

bool decode(std::string_view text, std::string& out) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return decode_percent(spaced, out);
}

void append_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') {
      out += '+';
    } else if (byte < 0x80 &&
               (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~')) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", byte);
    }
  }
}

template <typename T>
Status set_field(const JsonField<T>& field, std::string_view text, T& message) {
  if (const auto* member = std::get_if<std::string T::*>(&field.member)) {
    message.** member = text;
    return {};
  }
  std::int64_t& number = message.*std::get<std::int64_t T::*>(field.member);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size()) return {};
  return failure(ExitCode::usage,
                 fmt::format(R"(strconv.ParseInt: parsing "{}": {})", text,
                             error == std::errc::result_out_of_range ? "value out of range"
                                                                     : "invalid syntax"));
}

/// One pair after another, each with a search for its field: kratos' form codec and the parameters.
Status set_by_name(std::string_view name, std::string_view text, Message& request) {
  Status status;
  with_message(request, [&](auto& message) {
    for (const auto& field : fields_of(message)) {
      if (field.name == name) status = set_field(field, text, message);
    }
  });
  return status;
}

Status bind_parameters(Exchange& exchange) {
  for (const auto& [name, value] : exchange.params.all()) {
    if (auto status = set_by_name(name, value, exchange.request); !status) return status;
  }
  return {};
}

/// BindVars and BindQuery of kratos' transport/http/binding: values become a query, which becomes
/// values.
Status bind_form(std::string_view query, Message& request) {
  for (const auto& [name, value] : parse_query(query)) {
    if (auto status = set_by_name(name, value, request); !status) {
      return failure(ExitCode::usage,
                     fmt::format(R"(parsing field "{}": {})", name, status.error().message));
    }
  }
  return {};
}

Status bind_kratos(Exchange& exchange) {
  if (auto status = bind_form(encode_query(parse_query(exchange.query)), exchange.request);
      !status) {
    return status;
  }
  QueryPairs variables;
  for (const auto& [name, value] : exchange.params.all()) variables.emplace_back(name, value);
  return bind_form(encode_query(std::move(variables)), exchange.request);
}

using ValueMap = std::unordered_map<std::string, std::string>;

/// One field after another, each looked up in the map: go-zero's mapping.Unmarshaler.
Status bind_map(const ValueMap& values, Message& request) {
  Status status;
  with_message(request, [&](auto& message) {
    for (const auto& field : fields_of(message)) {
      const auto found = values.find(std::string(field.name));
      if (found == values.end() || !status) continue;
      status = set_field(field, found->second, message);
    }
  });
  return status;
}

Status bind_go_zero(Exchange& exchange) {
  ValueMap headers;
  for (const auto& field : *exchange.headers) {
    const auto name = field.name_string();
    headers.emplace(std::string(name.data(), name.size()), field.value());
  }
  ValueMap form;
  for (auto& [name, value] : parse_query(exchange.query))
    form.emplace(std::move(name), std::move(value));
  ValueMap variables;
  for (const auto& [name, value] : exchange.params.all()) variables.emplace(name, value);
  // No message here has a field that is a header's, but the map is made for every request, as in
  // go-zero.
  Status status = bind_map(form, exchange.request);
  return status ? bind_map(variables, exchange.request) : status;
}

}  // namespace

QueryPairs parse_query(std::string_view query) {
  QueryPairs pairs;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.empty() || pair.find(';') != std::string_view::npos) continue;
    const std::size_t sign = pair.find('=');
    std::string name;
    std::string value;
    if (!decode(pair.substr(0, sign), name)) continue;
    if (sign != std::string_view::npos && !decode(pair.substr(sign + 1), value)) continue;
    pairs.emplace_back(std::move(name), std::move(value));
  }
  return pairs;
}

std::string encode_query(QueryPairs pairs) {
  std::ranges::stable_sort(pairs, {}, &QueryPairs::value_type::first);
  std::string query;
  for (const auto& [name, value] : pairs) {
    if (!query.empty()) query += '&';
    append_escaped(name, query);
    query += '=';
    append_escaped(value, query);
  }
  return query;
}

Status bind_request(Binding binding, Exchange& exchange) {
  switch (binding) {
    case Binding::none:
      return {};
    case Binding::parameters:
      return bind_parameters(exchange);
    case Binding::maps:
      return bind_go_zero(exchange);
    case Binding::form:
      return bind_kratos(exchange);
  }
  return {};
}

}  // namespace tracetax
