// The services of a target and the companions of a suite: what stands under "services" and
// "companions", and the catalog of services that "use" names. Part of suite_reader.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json/json_fields.h"
#include "harness/core/suite/suite.h"

namespace tracetax {

/// Reads the object `services` at `pointer`, the services of a target; what is wrong goes to
/// `mistakes`. `front_is_named`: exactly one must say that it is the front, else none may.
[[nodiscard]] std::vector<ServiceSpec> read_services(const Json& services,
                                                     const std::string& pointer,
                                                     bool front_is_named, Mistakes& mistakes);
[[nodiscard]] std::vector<ServiceSpec> read_companions(const Json& companions,
                                                       const std::string& pointer,
                                                       Mistakes& mistakes);

/// "SIGINT"; of one of those that a suite may name.
[[nodiscard]] std::string_view name_of_stop_signal(int signal);

/// What can only be said once the whole suite is read: names that stand twice, arms that are none,
/// and placeholders in texts of services and targets that nothing stands for.
void check_services(const Suite& suite, Mistakes& mistakes);

}  // namespace tracetax
