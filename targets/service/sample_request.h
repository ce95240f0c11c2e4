// The request that a framework's costs are measured with: GET /users/42, or Echo of a short text in
// the framework's own form, by a caller that samples.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "targets/request/exchange.h"
#include "targets/service/framework.h"

namespace tracetax {

class SampleRequest {
 public:
  explicit SampleRequest(const Framework& framework);
  SampleRequest(const SampleRequest&) = delete;
  SampleRequest& operator=(const SampleRequest&) = delete;

  /// Sets or replaces one.
  void set_header(std::string_view name, std::string_view value);
  /// Refers to this object.
  [[nodiscard]] Exchange exchange() const;

 private:
  Exchange::Headers headers_;
  std::string method_;
  std::string path_;
  std::string body_;
};

}  // namespace tracetax
