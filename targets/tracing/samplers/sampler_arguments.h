// Arguments of samplers with more than one setting: "1%,interval=1s,delay=2s".
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "harness/core/text/error.h"
#include "harness/core/text/units.h"

namespace tracetax {

struct SamplerSetting {
  std::string_view key;
  std::function<Status(std::string_view value)> read;
};

/// Reads "key=value" pieces with commas between them. A piece without a key is the first setting's,
/// if it comes first. Nothing is read of an empty argument. An unknown key, one that comes twice or
/// a value that cannot be read is a usage error that names it.
[[nodiscard]] Status read_sampler_argument(std::string_view argument,
                                           const std::vector<SamplerSetting>& settings);

/// Settings of a kind, each of which writes to `place`.
[[nodiscard]] SamplerSetting share_setting(std::string_view key, double& place);
[[nodiscard]] SamplerSetting rate_setting(std::string_view key,
                                          double& place);  // "100/s", more than 0
[[nodiscard]] SamplerSetting factor_setting(std::string_view key, double& place);  // more than 0
[[nodiscard]] SamplerSetting time_setting(std::string_view key, Nanos& place, Nanos least);

/// A plain number, all of the text; nothing where it is none.
[[nodiscard]] Result<double> plain_number(std::string_view text);

}  // namespace tracetax
