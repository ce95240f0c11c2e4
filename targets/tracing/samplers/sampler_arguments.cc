// SPDX-License-Identifier: Apache-2.0
#include "targets/tracing/samplers/sampler_arguments.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <system_error>

#include "harness/core/text/suggest.h"
#include "targets/tracing/samplers/sampler_clock.h"

namespace tracetax {
namespace {

template <typename Value, typename Place>
Status put_setting(Place& place, const Result<Value>& value) {
  if (!value) return failure(value.error());
  place = *value;
  return {};
}

}  // namespace

Status read_sampler_argument(std::string_view argument,
                             const std::vector<SamplerSetting>& settings) {
  std::vector<std::string_view> seen;
  for (bool first = true; !argument.empty(); first = false) {
    const auto comma = argument.find(',');
    const std::string_view piece = argument.substr(0, comma);
    argument = comma == std::string_view::npos ? std::string_view{} : argument.substr(comma + 1);
    const auto equals = piece.find('=');
    const bool bare = equals == std::string_view::npos;
    const std::string_view key =
        bare && first ? settings.front().key : piece.substr(0, bare ? piece.size() : equals);
    const auto found = std::ranges::find(settings, key, &SamplerSetting::key);
    if (found == settings.end() || (bare && !first)) {
      std::vector<std::string> known;
      for (const SamplerSetting& setting : settings) known.emplace_back(setting.key);
      return failure(ExitCode::usage, unknown_name("setting", key, known));
    }
    if (std::ranges::find(seen, key) != seen.end()) {
      return failure(ExitCode::usage, fmt::format("'{}' is given twice", key));
    }
    seen.push_back(key);
    const auto read = found->read(bare ? piece : piece.substr(equals + 1));
    if (!read && bare) return read;
    if (!read) {
      return failure(read.error().code, fmt::format("{}: {}", key, read.error().message));
    }
  }
  return {};
}

Result<double> plain_number(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && stop == end && std::isfinite(value)) return value;
  return failure(ExitCode::usage, fmt::format("'{}' is not a number", text));
}

SamplerSetting share_setting(std::string_view key, double& place) {
  return {key, [&place](std::string_view text) {
            return put_setting(place, parse_sample_rate(text).map(&SampleRate::share));
          }};
}

SamplerSetting rate_setting(std::string_view key, double& place) {
  return {key, [&place](std::string_view text) { return put_setting(place, parse_rate(text)); }};
}

SamplerSetting factor_setting(std::string_view key, double& place) {
  return {key, [&place](std::string_view text) -> Status {
            const auto value = plain_number(text);
            if (value && *value <= 0) {
              return failure(ExitCode::usage, fmt::format("'{}' is not more than 0", text));
            }
            return put_setting(place, value);
          }};
}

SamplerSetting time_setting(std::string_view key, Nanos& place, Nanos least) {
  return {key, [&place, least](std::string_view text) -> Status {
            const auto value = parse_duration(text);
            if (value && *value < least) {
              return failure(ExitCode::usage, fmt::format("'{}' is less than {}", text,
                                                          format_duration_exact(least)));
            }
            return put_setting(place, value);
          }};
}

SamplerClock steady_sampler_clock() {
  return [] {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
}

}  // namespace tracetax
