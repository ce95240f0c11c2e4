/* The smallest plugin there is, in C: GET / over HTTP/1.1. For the tests of plugin_host.h, and the
 * proof that the interface is C11.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scenarios/plugin/plugin.h"

static int the_scenario;

static void* create(const char* options, const char* folder, char* error, size_t error_size) {
  (void)options, (void)folder, (void)error, (void)error_size;
  return &the_scenario;
}

static int prepare(void* scenario, const tracetax_use* use, tracetax_plan* plan, char* error,
                   size_t error_size) {
  (void)scenario, (void)use, (void)error, (void)error_size;
  plan->protocol = TRACETAX_HTTP1;
  plan->request_count = 1;
  return 0;
}

static int make_request(void* scenario, uint64_t k, tracetax_request* request, char* error,
                        size_t error_size) {
  (void)scenario, (void)k, (void)error, (void)error_size;
  request->path = "/";
  return 0;
}

static void destroy(void* scenario) { (void)scenario; }

const tracetax_plugin* tracetax_scenario_plugin(uint32_t host_abi) {
  static const tracetax_plugin plugin = {TRACETAX_PLUGIN_ABI,
                                         sizeof(tracetax_plugin),
                                         "plain",
                                         "GET / in C",
                                         0,
                                         create,
                                         prepare,
                                         make_request,
                                         NULL,
                                         destroy};
  (void)host_abi;
  return &plugin;
}
