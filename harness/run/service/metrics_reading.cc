// SPDX-License-Identifier: Apache-2.0
#include "harness/run/service/metrics_reading.h"

#include "harness/core/text/url_parts.h"
#include "harness/load/engine.h"
#include "harness/run/process/ports.h"

namespace tracetax {

Result<MetricsPage> read_metrics(const std::string& url, Nanos within) {
  const auto endpoint = endpoint_of_url(url);
  if (!endpoint) return failure(endpoint.error().within("metrics"));
  RequestTemplate request;
  request.bytes =
      fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nAccept: text/plain\r\nConnection: close\r\n\r\n",
                  path_of_url(url), authority_text(endpoint->host, endpoint->port));
  PreparedScenario scenario;
  scenario.requests.push_back(std::move(request));
  const auto answer = check_once(*endpoint, scenario, within);
  if (!answer) return failure(answer.error().within("metrics"));
  return read_metrics_page(answer->body);
}

}  // namespace tracetax
