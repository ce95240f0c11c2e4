// fidelity.json: how many times as much the real framework costs as its emulation, quantity by
// quantity, with the day and the machine that say so.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "harness/analysis/fidelity/fidelity.h"
#include "harness/core/run_result.h"
#include "harness/core/text/error.h"

namespace tracetax {

/// real / emulated, with its 95 % interval.
struct KeptRatio {
  double ratio = 0, low = 0, high = 0;
  int blocks = 0;
};

struct KeptFramework {
  std::string date;                             // of the run: "2026-12-01"
  std::string tool;                             // "0.1.0 (0123abc)"
  std::string machine;                          // its class: CPU, how many, virtualization
  std::map<std::string, std::string> versions;  // of the real one
  double real_rate = 0, emulated_rate = 0;      // offered, requests/s; 0: not known
  std::map<std::string, KeptRatio> ratios;      // by id_of() of the quantity
};

/// Kendall's tau between real and emulated, with its 95 % interval.
struct KeptTau {
  double tau = 0, low = 0, high = 0;
  int frameworks = 0;
};

struct FidelityRecord {
  std::map<std::string, KeptFramework> frameworks;  // by NAME of tracetax-target NAME
  std::string tau_date;                             // empty: there are no taus
  std::map<std::string, KeptTau> taus;              // by id_of() of the quantity
};

/// `file` names it in messages. Usage error if it is not of this form.
[[nodiscard]] Result<FidelityRecord> read_fidelity_json(std::string_view text,
                                                        const std::string& file);
[[nodiscard]] std::string write_fidelity_json(const FidelityRecord& record);

/// `kept` with what the run says: its frameworks in place of their old entries, and its taus where
/// it has any. A framework without a single ratio keeps its old entry.
[[nodiscard]] FidelityRecord with_run(FidelityRecord kept, const RunResult& result,
                                      const Fidelity& fidelity);

}  // namespace tracetax
