// SPDX-License-Identifier: Apache-2.0
#include "harness/core/suite/suite_values.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "harness/core/text/quote.h"
#include "harness/core/text/url_parts.h"

namespace tracetax {
namespace {

constexpr int kHighestCpu = 4095;  // above Linux' NR_CPUS_DEFAULT of every distribution

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool holds_nul(std::string_view text) { return text.find('\0') != text.npos; }

// A decimal number in [low, high] that is all of `text`.
std::optional<int> small_number(std::string_view text, int low, int high) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!std::ranges::all_of(text, is_digit) || value < low || value > high) return std::nullopt;
  return value;
}

bool is_environment_name(std::string_view name) {
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '_'; };
  return !name.empty() && !is_digit(name.front()) && std::ranges::all_of(name, allowed);
}

bool sets_extends(std::string_view assignment) {
  return assignment.substr(0, assignment.find_first_of(".=")) == "extends";
}

}  // namespace

Status check_name(std::string_view name) {
  const auto allowed = [](char c) {
    return is_letter(c) || is_digit(c) ||
           std::string_view("@%._+-").find(c) != std::string_view::npos;
  };
  if (!name.empty() && name.size() <= 64 && std::ranges::all_of(name, allowed) &&
      name.front() != '.' && name.front() != '-') {
    return {};
  }
  return failure(
      ExitCode::usage,
      fmt::format("{} is not a name: use 1 to 64 letters, digits and @ % . _ + -, not starting "
                  "with . or -",
                  quote(name)));
}

Environment read_environment(JsonFields& fields, std::string_view key) {
  auto variables = fields.text_map(key);
  if (!variables) return {};
  for (const auto& [name, value] : *variables) {
    const std::string pointer = fields.pointer_to(key) + '/' + pointer_step(name);
    if (!is_environment_name(name)) {
      fields.mistakes().add(pointer,
                            "not a variable name: use letters, digits and _, not a digit first");
    }
    if (holds_nul(value)) fields.mistakes().add(pointer, "a variable cannot hold a NUL character");
  }
  return std::move(*variables);
}

std::optional<Sampling> read_sampling(JsonFields& fields) {
  return fields.choice<Sampling>("sampling",
                                 {{"caller", Sampling::caller}, {"target", Sampling::target}});
}

std::optional<OtlpProtocol> read_otlp(JsonFields& fields) {
  return fields.choice<OtlpProtocol>(
      "otlp", {{name_of(OtlpProtocol::http_protobuf), OtlpProtocol::http_protobuf},
               {name_of(OtlpProtocol::grpc), OtlpProtocol::grpc},
               {name_of(OtlpProtocol::http_json), OtlpProtocol::http_json}});
}

std::optional<std::vector<std::string>> read_arguments(JsonFields& fields, std::string_view key) {
  auto arguments = fields.texts(key);
  if (arguments && std::ranges::any_of(*arguments, holds_nul)) {
    fields.mistake(key, "an argument cannot hold a NUL character");
    return std::nullopt;
  }
  return arguments;
}

Status check_url(std::string_view url, const UrlRules& rules) {
  const std::string right = fmt::format(
      "write http://127.0.0.1:{}{}{}", rules.placeholder_allowed ? "{port}" : "8080",
      rules.path_allowed ? "/healthz" : "", rules.tcp_allowed ? " or tcp://127.0.0.1:{port}" : "");
  const auto bad = [&](std::string_view what) {
    return failure(ExitCode::usage, fmt::format("{} {}; {}", quote(url), what, right));
  };
  if (url.starts_with("https://")) return bad("is https, which is not supported");
  const bool tcp = rules.tcp_allowed && url.starts_with("tcp://");
  if (!tcp && !url.starts_with("http://")) return bad("is not a URL of a known kind");
  const auto is_space_or_control = [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
  };
  if (std::ranges::any_of(url, is_space_or_control))
    return bad("holds a space or control character");

  const UrlParts parts = split_url(url);
  if (parts.after_host.empty() || parts.host.empty()) return bad("has no host and port");
  if (parts.authority.find('@') != std::string_view::npos)
    return bad("holds a user name, which is not supported");
  // {port}, or a port of another name: {port.health}
  const bool placeholder =
      rules.placeholder_allowed && (parts.after_host == ":{port}" ||
                                    (parts.after_host.starts_with(":{port.") &&
                                     parts.after_host.find('}') == parts.after_host.size() - 1));
  if (!placeholder && !(parts.after_host[0] == ':' && parse_port(parts.after_host.substr(1))))
    return bad("has no port from 1 to 65535");
  const bool path_fits = parts.path.empty() || (!tcp && (rules.path_allowed || parts.path == "/"));
  if (!path_fits) return bad("has a path where none belongs");
  return {};
}

Result<std::string> parse_cpu_list(std::string_view text) {
  std::string_view rest = text;
  bool right = !text.empty();
  while (right && !rest.empty()) {
    const auto comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    const auto dash = part.find('-');
    const auto first = small_number(part.substr(0, dash), 0, kHighestCpu);
    const auto last =
        dash == part.npos ? first : small_number(part.substr(dash + 1), 0, kHighestCpu);
    right = first && last && *first <= *last && comma != rest.size() - 1;
    rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
  }
  if (right) return std::string(text);
  return failure(ExitCode::usage,
                 fmt::format("{} is not a CPU list: write numbers and ranges, such as 0 or 0-3,6",
                             quote(text)));
}

void put_in(const std::vector<std::string>& assignments, JsonSource& source, Mistakes& mistakes) {
  std::map<std::string_view, std::string_view> values;
  for (const std::string& assignment : assignments) {
    const std::string_view path = std::string_view(assignment).substr(0, assignment.find('='));
    const auto [before, is_new] = values.try_emplace(path, assignment);
    if (!is_new && before->second != assignment) {
      mistakes.add_elsewhere(fmt::format("--set {}: stands twice, with another value in {}",
                                         quote(before->second), quote(assignment)));
    } else if (sets_extends(assignment)) {
      mistakes.add_elsewhere(
          fmt::format("--set {}: what a suite extends stands in its file", quote(assignment)));
    } else if (const Status status = source.set(assignment); !status) {
      mistakes.add_elsewhere(status.error().message);
    }
  }
}

}  // namespace tracetax
