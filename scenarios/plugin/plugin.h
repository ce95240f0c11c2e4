// The binary interface of scenario plugins: a shared object with one exported function that makes a
// new scenario kind known to tracetax. C11 and C++; it needs nothing but this header, and is not
// linked against tracetax.
//
//   tracetax run SUITE --plugin ./my_scenario.so
//   in SUITE: "scenarios": {"x": {"kind": "my-scenario", ...}}
//
// SPDX-License-Identifier: Apache-2.0
#ifndef TRACETAX_PLUGIN_H
#define TRACETAX_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

/* The order of calls for each scenario of a suite, and each time it is needed (at first to check
 * the suite, then once per launch of the target):
 *
 *   create -> prepare -> make_request(0 .. request_count-1) -> [load: check_answer, many times] ->
 * destroy
 *
 * All requests are made before anything is timed; the load engine encodes them once and sends
 * request n as make_request(n % request_count). The headers of the trace context (traceparent, or
 * what "context" in that part of the suite says) are tracetax's own: they are added to every
 * request and are different in each.
 *
 * Threads: all functions but check_answer are called by one thread at a time for one scenario.
 * check_answer is called by several load threads at once, without a lock. Two scenarios may be used
 * at the same time.
 *
 * Memory: whoever allocates it, frees it. Strings end with a NUL and are UTF-8. What a function
 * gets is valid during that call only. What the plugin hands out by pointer must stay valid until
 * the next call with the same scenario (the table: for ever); tracetax copies it at once.
 *
 * Errors: functions that can fail get `error`, a zeroed buffer of `error_size` bytes, and write
 * into it, in UTF-8 and ending with a NUL, what was wrong and what would be right; lines are
 * separated by '\n'. C++ exceptions should not leave a plugin; if one does, tracetax takes it for a
 * failure of that call. A plugin runs inside tracetax and can bring it down by a wild pointer:
 * nothing protects against that.
 *
 * Versions: TRACETAX_PLUGIN_ABI changes when something here changes its meaning, and tracetax
 * refuses every other version. What is added comes at the end of a structure; `struct_size` tells
 * how much of it the other side knows (structures without one never grow). Fields past that must
 * not be touched.
 */

#ifdef __cplusplus
extern "C" {
#endif

#define TRACETAX_PLUGIN_ABI 1u

/* Bounds, because all requests are in memory before the run starts. */
#define TRACETAX_REQUESTS_MAX 100000u /* distinct requests */
#define TRACETAX_HEADERS_MAX 256u     /* of one request */
#define TRACETAX_REQUEST_BYTES_MAX \
  268435456u /* bodies, messages, paths and headers of all requests together */

/* Any bytes; `data` may be NULL if `size` is 0. */
typedef struct tracetax_bytes {
  const void* data;
  size_t size;
} tracetax_bytes;

/* What the requests are wanted for. */
typedef struct tracetax_use {
  uint32_t struct_size;
  uint32_t port;    /* of the target; meaningless unless target_is_up */
  const char* host; /* of the target */
  uint32_t
      sends_traceparent; /* 0: the target decides about sampling, requests carry no trace context */
  uint32_t target_is_up; /* 0: only the suite is being checked, nobody listens yet */
} tracetax_use;

enum tracetax_protocol { TRACETAX_HTTP1 = 1, TRACETAX_HTTP2 = 2, TRACETAX_GRPC = 3 };

/* How to speak TLS. Files are PEM; relative ones begin at the suite file's folder. NULL: not given.
 */
typedef struct tracetax_tls {
  const char* ca_file;     /* who may have signed the target's certificate; NULL: the system's */
  const char* cert_file;   /* our own, for mutual TLS */
  const char* key_file;    /* of that; NULL: the same file */
  const char* server_name; /* for SNI and the check of the name; NULL: the host */
  uint32_t insecure;       /* 1: takes any certificate */
} tracetax_tls;

/* For gRPC, in tracetax_plan.flags. */
#define TRACETAX_ANSWERS_WITH_MESSAGES \
  1u                            /* the server streams: every message of an answer is timed */
#define TRACETAX_TAKES_TURNS 2u /* message n+1 of a call is sent when n answers have come */

/* What all requests share. tracetax hands it over zeroed, but for struct_size. */
typedef struct tracetax_plan {
  uint32_t struct_size;
  uint32_t protocol;      /* enum tracetax_protocol; has to be set */
  uint64_t request_count; /* 1 to TRACETAX_REQUESTS_MAX; 0 only while the target is not up: not
                             known yet */
  int32_t status_low;  /* expected: HTTP 100 to 599, gRPC 0 to 16 (grpc-status). Both left at 0: */
  int32_t status_high; /* 200 to 299; with gRPC 0, which is OK */
  uint32_t flags;
  const tracetax_tls* tls; /* NULL: without TLS */
  uint64_t deadline_ns;    /* gRPC: told to the target in grpc-timeout; 0: none */
} tracetax_plan;

typedef struct tracetax_header {
  const char* name;
  const char* value;
} tracetax_header;

/* One request. tracetax hands it over zeroed, but for struct_size. It adds what a request needs:
 * host or :authority, user-agent, accept, the trace context, content-length; with gRPC te and
 * content-type. Headers that tracetax itself writes for each request (traceparent, b3 and the like,
 * content-length, transfer-encoding) are refused. */
typedef struct tracetax_request {
  uint32_t struct_size;
  uint32_t header_count;
  const tracetax_header* headers; /* gRPC: metadata */
  const char* method;  /* HTTP; NULL: GET, or POST if there is a body. Leave it NULL with gRPC */
  const char* path;    /* HTTP: with the query, begins with '/'. gRPC: "/pkg.Service/Method" */
  tracetax_bytes body; /* HTTP; leave it empty with gRPC */
  const tracetax_bytes*
      messages; /* gRPC: at least one, encoded, without gRPC's prefix; all in one call */
  size_t message_count;
} tracetax_request;

/* One answer whose status was as expected and that came in whole. */
typedef struct tracetax_answer {
  uint32_t struct_size;
  int32_t status;              /* HTTP status or grpc-status */
  const tracetax_bytes* parts; /* HTTP: one, the body. gRPC: the messages, without gRPC's prefix */
  size_t part_count; /* Of a body, and of all messages together, only the first MiB is kept: */
                     /* a body is cut there, messages that do not end before it are left out */
} tracetax_answer;

/* In tracetax_plugin.capabilities. A bit that tracetax does not know is an error. */
#define TRACETAX_CHECKS_ANSWERS 1u

/* The table. All functions are required, check_answer only with TRACETAX_CHECKS_ANSWERS. */
typedef struct tracetax_plugin {
  uint32_t abi_version; /* TRACETAX_PLUGIN_ABI as the plugin was compiled with it */
  uint32_t struct_size; /* sizeof(tracetax_plugin), likewise */
  const char*
      name; /* the "kind" in a suite: 1 to 64 letters, digits and @ % . _ + -, not first . - */
  const char* help; /* one line for `tracetax list scenarios`, at most 200 bytes */
  uint64_t capabilities;

  /* A scenario from its part of the suite: `options` is one JSON object without "kind" and
   * "targets", in which the plugin should refuse what it does not know; `folder` is where relative
   * paths in it begin (that of the suite file, may be ""). Returns what the other functions get as
   * `scenario`, or NULL and `error`. */
  void* (*create)(const char* options, const char* folder, char* error, size_t error_size);

  /* Fills in `plan`. Called once per scenario. It may ask the target something if it is up. 0, or
   * else `error`. */
  int (*prepare)(void* scenario, const tracetax_use* use, tracetax_plan* plan, char* error,
                 size_t error_size);

  /* Fills in request `k`, 0 <= k < request_count; called once for each k, in this order. 0, or else
   * `error`. */
  int (*make_request)(void* scenario, uint64_t k, tracetax_request* request, char* error,
                      size_t error_size);

  /* Whether this is a right answer to request `k` (as make_request counts them): 1, or 0, which
   * counts as the error "wrong_answer" and voids the segment if it happens to more than one in a
   * thousand. In the hot loop, from several threads at once: it must neither wait, lock nor
   * allocate, and its CPU time is the driver's. */
  int (*check_answer)(const void* scenario, uint64_t k, const tracetax_answer* answer);

  /* The last call for this scenario, also after a failed prepare or make_request; never after a
   * failed create. It cannot fail. Any thread. */
  void (*destroy)(void* scenario);
} tracetax_plugin;

#if defined(_WIN32) || !defined(__GNUC__)
#define TRACETAX_EXPORT
#else
#define TRACETAX_EXPORT __attribute__((visibility("default")))
#endif

/* The one function that a plugin exports, under this very name. `host_abi` is the version that
 * tracetax speaks, for a plugin that knows several. Returns the table, which must never change or
 * go away. Never NULL. */
TRACETAX_EXPORT const tracetax_plugin* tracetax_scenario_plugin(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif
