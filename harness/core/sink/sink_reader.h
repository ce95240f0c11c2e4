// A SinkSpec from JSON and back: of a suite, of an arm, of the line that a run tells its sink.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/core/json/json_fields.h"
#include "harness/core/sink/sink_spec.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// Takes the keys of a sink from `fields`; the others, and finish(), are the caller's. What is not
/// named stays as in `base`: of the faults all or none.
[[nodiscard]] SinkSpec read_sink_spec(JsonFields& fields, const SinkSpec& base = {});
/// Only what differs from a sink without faults, in the words that are read.
void write_sink_spec(const SinkSpec& spec, JsonSource::Json& form);

/// Of an object that holds nothing else. Each mistake is a line "status: ...".
[[nodiscard]] Result<SinkFaults> faults_from_json(const JsonSource::Json& json);
[[nodiscard]] JsonSource::Json faults_to_json(const SinkFaults& faults);

}  // namespace tracetax
