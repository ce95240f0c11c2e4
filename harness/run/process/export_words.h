// What a program's SDK says about exports that failed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tracetax {

/// The last line of `output` that tells of a failed export, as the SDKs of Go, Java, Node and
/// Python and the emulated targets write it; at most some 200 bytes. Empty: there is none.
[[nodiscard]] std::string export_words(std::string_view output);

}  // namespace tracetax
