// What is told of a span by its name and attributes, and above all what is not.
// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/span_marks.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <set>
#include <string>

namespace tracetax {
namespace {

/// Of a server span with status ERROR or not, whose attributes are these texts.
std::uint16_t marks_with(
    std::initializer_list<std::pair<std::string_view, std::string_view>> attributes,
    std::string_view name = "GET", bool error = false, SeenKind kind = SeenKind::server) {
  SpanMarks marks;
  for (const auto& [key, value] : attributes) marks.see(key, value);
  return marks.marks(kind, name, error, false);
}

std::string_view old_name_in(
    std::initializer_list<std::pair<std::string_view, std::string_view>> attributes) {
  const OldName* old = old_name_of(marks_with(attributes));
  return old == nullptr ? "" : old->old;
}

TEST(RawPath, IsAPathWithAnIdOrAQuery) {
  for (const char* raw :
       {"/users/42", "GET /users/42", "GET /users/42/orders", "HEAD /orders/000017", "POST users/7",
        "GET http://shop:8080/users/42", "https://shop/users/42?x=1", "GET /search?q=shoes",
        "GET /files/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "GET /blob/507f1f77bcf86cd799439011",
        "GET /api/v1/users/42", "GET /api/123456", "GET /users/42 HTTP/1.1", "GET /users/42/"}) {
    EXPECT_TRUE(is_raw_path(raw, "")) << raw;
  }
}

/// As frameworks and services call them, with no attribute to excuse them.
TEST(RawPath, IsNoneOfTheNamesThatFrameworksGive) {
  for (const char* good : {"GET",
                           "HTTP GET",
                           "GET /",
                           "GET /users/{id}",
                           "GET /users/:id",
                           "GET /users/:id/orders",
                           "/users/:id",
                           "GET /users/<int:id>",
                           "GET users/{id}",
                           "GET /api/v1/users/{userId}",
                           "GET ^users/(?P<pk>[0-9]+)/$",
                           "GET /items/(?=x)a",
                           "GET /users/{id?}",
                           "GET /files/*",
                           "GET /files/**",
                           "GET /api/2/issues",
                           "GET /rest/api/3/search",
                           "GET /v1/traces",
                           "GET /v2/users",
                           "GET /2015-03-31/functions",
                           "/bench.v1.Users/GetUser",
                           "bench.v1.Users/GetUser",
                           "Users/GetUser",
                           "CallLocal/dapr.proto.runtime.v1/UsersGet",
                           "UsersController#show",
                           "users.get",
                           "SELECT shop.orders",
                           "orders process",
                           "S3.PutObject",
                           "GET r-/users/[0-9a-f]{16}",
                           "GET /healthz",
                           "GET /static/app.3f2504e0.js",
                           "",
                           "GET /deadbeef",
                           "verify_user",
                           "42",
                           "http://shop:8080",
                           "GET /sha256:0123456789abcdef0"}) {
    EXPECT_FALSE(is_raw_path(good, "")) << good;
  }
}

TEST(RawPath, WhatTheRouteSaysIsARoute) {
  EXPECT_FALSE(is_raw_path("GET /errors/404", "/errors/404"));
  EXPECT_FALSE(is_raw_path("GET /errors/404", "GET /errors/404"));
  EXPECT_FALSE(is_raw_path("/errors/404", "/errors/404"));
  EXPECT_TRUE(is_raw_path("GET /users/42", "/users/:id"));
}

TEST(SpanMarks, RawPathNameIsOfHttpServersAndClientsOnly) {
  const auto marked = [](std::uint16_t marks) { return (marks & span_mark::kRawPathName) != 0; };
  using enum SeenKind;
  EXPECT_TRUE(marked(marks_with({{"http.request.method", "GET"}}, "GET /users/42")));
  EXPECT_TRUE(marked(marks_with({{"http.method", "GET"}}, "/users/42", false, client)));
  EXPECT_FALSE(marked(marks_with({{"http.method", "GET"}}, "/users/42", false, internal)));
  EXPECT_FALSE(marked(marks_with({{"rpc.system", "grpc"}}, "/users/42")));
  EXPECT_FALSE(marked(
      marks_with({{"http.request.method", "GET"}, {"http.route", "/errors/404"}}, "/errors/404")));
  EXPECT_FALSE(marked(marks_with({{"http.request.method", "GET"}, {"url.template", "/errors/404"}},
                                 "GET /errors/404", false, client)));
}

TEST(SpanMarks, FourHundredsAreNoErrorsOfServers) {
  const auto marked = [](std::string_view key, std::int64_t status, bool error, SeenKind kind) {
    SpanMarks marks;
    marks.see(key, status);
    return (marks.marks(kind, "GET", error, false) & span_mark::kClientErrorMarked) != 0;
  };
  using enum SeenKind;
  EXPECT_TRUE(marked("http.response.status_code", 404, true, server));
  EXPECT_TRUE(marked("http.status_code", 400, true, server));
  EXPECT_FALSE(marked("http.response.status_code", 404, false, server));
  EXPECT_FALSE(marked("http.response.status_code", 404, true, client));
  EXPECT_FALSE(marked("http.response.status_code", 500, true, server));
  EXPECT_FALSE(marked("rpc.grpc.status_code", 404, true, server));
  EXPECT_NE(marks_with({{"http.status_code", "404"}}, "GET", true) & span_mark::kClientErrorMarked,
            0);
}

TEST(SpanMarks, OldNamesAreToldUnlessTodaysStandBeside) {
  EXPECT_EQ(old_name_in({{"http.target", "/x"}, {"http.method", "GET"}}), "http.method");
  EXPECT_EQ(old_name_in({{"http.method", "GET"}, {"http.request.method", "GET"}}), "");
  EXPECT_EQ(old_name_in({{"http.request.method", "GET"}, {"net.peer.name", "x"}}), "net.peer.name");
  EXPECT_EQ(old_name_in({{"net.peer.name", "x"}, {"server.address", "x"}}), "");
  EXPECT_EQ(old_name_in({{"rpc.system", "grpc"}, {"rpc.service", "Users"}}), "rpc.system");
  EXPECT_EQ(old_name_in({{"rpc.system", "grpc"}, {"rpc.system.name", "grpc"}}), "");
  EXPECT_EQ(old_name_in({{"db.system", "mysql"}}), "db.system");
  EXPECT_EQ(old_name_in({{"http.route", "/x"},
                         {"url.path", "/x"},
                         {"user_agent.original", "c"},
                         {"http.request.body.size", "1"},
                         {"rpc.method", "a/b"},
                         {"", ""}}),
            "");
}

TEST(SpanMarks, EveryOldNameIsFoundAndHasAnother) {
  std::set<std::string_view> names;
  for (const OldName& name : old_names()) {
    EXPECT_EQ(old_name_in({{name.old, "x"}}), name.old);
    EXPECT_NE(name.old, name.today);
    EXPECT_TRUE(names.insert(name.old).second) << name.old;
  }
}

TEST(SpanMarks, KindErrorAndTruncationAreKept) {
  const std::uint16_t marks = SpanMarks{}.marks(SeenKind::consumer, "x", true, true);
  EXPECT_EQ(kind_of(marks), SeenKind::consumer);
  EXPECT_EQ(marks & ~span_mark::kKind, span_mark::kError | span_mark::kTruncated);
  EXPECT_EQ(SpanMarks{}.marks(SeenKind::unspecified, "", false, false), 0);
  EXPECT_EQ(seen_kind(5), SeenKind::consumer);
  EXPECT_EQ(seen_kind(6), SeenKind::unspecified);
}

}  // namespace
}  // namespace tracetax
