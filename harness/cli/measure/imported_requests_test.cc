// Requests of other tools' files: what becomes of them, and what must not be copied.
// SPDX-License-Identifier: Apache-2.0
#include "harness/cli/measure/imported_requests.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tracetax {
namespace {

using Json = JsonSource::Json;

ImportedRequests good_import(std::string_view text) {
  auto imported = import_requests(text, "in");
  EXPECT_TRUE(imported) << imported.error().message;
  return imported ? std::move(*imported) : ImportedRequests{};
}

std::string import_mistake(std::string_view text) {
  const auto imported = import_requests(text, "in");
  EXPECT_FALSE(imported);
  return imported ? "" : imported.error().message;
}

bool has_note(const ImportedRequests& imported, std::string_view part) {
  return std::ranges::any_of(imported.notes, [&](const std::string& note) {
    return note.find(part) != std::string::npos;
  });
}

constexpr std::string_view kHar = R"({"log": {"entries": [
  {"request": {"method": "GET", "url": "https://shop.test/items?page=1&access_token=s3cret",
    "headers": [{"name": ":path", "value": "/items"}, {"name": "Cookie", "value": "sid=s3cret"},
      {"name": "Authorization", "value": "Bearer s3cret"}, {"name": "traceparent", "value": "00-1"},
      {"name": "Connection", "value": "close"}, {"name": "Accept", "value": "text/${x}"}]},
   "response": {"status": 200}},
  {"request": {"method": "POST", "url": "https://shop.test/orders", "headers": [],
    "postData": {"text": "{\"n\": 1}"}}, "response": {"status": 201}},
  {"request": {"method": "POST", "url": "https://shop.test/orders", "headers": [],
    "postData": {"text": "{\"n\": 1}"}}, "response": {"status": 201}},
  {"request": {"method": "GET", "url": "https://cdn.test/a.js", "headers": []}, "response": {"status": 200}},
  {"request": {"method": "GET", "url": "https://shop.test/gone", "headers": []}, "response": {"status": 404}},
  {"request": {"method": "GET", "url": "https://shop.test/x", "headers": []}, "response": {"status": 0}}
]}})";

TEST(ImportedHar, BecomesTheRequestsOfItsFirstHost) {
  const ImportedRequests imported = good_import(kHar);
  EXPECT_EQ(imported.origin, "https://shop.test");
  EXPECT_EQ(imported_scenario(imported), Json::parse(R"({
    "kind": "http",
    "requests": [
      {"method": "GET", "path": "/items?page=1&access_token=${env:ACCESS_TOKEN}",
       "headers": {"Cookie": "${env:COOKIE}", "Authorization": "${env:AUTHORIZATION}", "Accept": "text/$${x}"}},
      {"method": "POST", "path": "/orders", "body": {"n": 1}, "weight": 2}],
    "expect": {"status": "200-201"}})"));
  EXPECT_TRUE(has_note(imported, "left out: 1 requests to cdn.test"));
  EXPECT_TRUE(has_note(imported, "left out: GET /gone, answered 404"));
  EXPECT_TRUE(has_note(imported, "left out: GET /x, which was not answered"));
  EXPECT_TRUE(has_note(imported, "bodies are copied as they are"));
}

TEST(ImportedHar, TellsNoSecret) {
  const ImportedRequests imported = good_import(kHar);
  std::string all = imported_scenario(imported).dump();
  for (const std::string& note : imported.notes) all += note;
  for (const auto& [name, what] : imported.to_be_given) all += name + what;
  EXPECT_EQ(all.find("s3cret"), std::string::npos) << all;
  EXPECT_EQ(imported.to_be_given.size(), 3U);
}

TEST(ImportedHttpFile, HasItsVariablesFilledIn) {
  const ImportedRequests imported = good_import(R"(@host = http://localhost:8080
@base = {{host}}/api

### all of them
# @name list
GET {{base}}/users
    ?page=2
    &size=10 HTTP/1.1
Accept: application/json
Authorization: Bearer s3cret

###
POST {{base}}/users/{{user-id}}
Content-Type: application/json
X-Trace: {{$processEnv TRACE}}

{"name": "Ada"}

> {% client.test("x", function() {
  client.assert(true);
}) %}
###
http://localhost:8080/plain
###
PUT http://elsewhere.test/
###
PUT {{base}}/file

< ./body.bin
)");
  EXPECT_EQ(imported.origin, "http://localhost:8080");
  EXPECT_EQ(imported_scenario(imported), Json::parse(R"({
    "kind": "http",
    "requests": [
      {"method": "GET", "path": "/api/users?page=2&size=10",
       "headers": {"Accept": "application/json", "Authorization": "${env:AUTHORIZATION}"}},
      {"method": "POST", "path": "/api/users/${env:USER_ID}",
       "headers": {"Content-Type": "application/json", "X-Trace": "${env:TRACE}"}, "body": {"name": "Ada"}},
      {"method": "GET", "path": "/plain"},
      {"method": "PUT", "path": "/api/file", "body_file": "./body.bin"}]})"));
  EXPECT_TRUE(has_note(imported, "left out: PUT http://elsewhere.test/, to another host"));
  EXPECT_TRUE(has_note(imported, "scripts"));
  EXPECT_EQ(imported.to_be_given.at("USER_ID"), "{{user-id}} of the file");
}

TEST(ImportedHttpFile, MayLeaveTheHostToTheOneWhoRunsIt) {
  const ImportedRequests imported =
      good_import("GET {{host}}/users\n\n###\nGET /plain\nHost: a:1\n");
  ASSERT_EQ(imported.requests.size(), 2U);
  EXPECT_EQ(imported.requests[0].path, "/users");
  EXPECT_TRUE(imported.to_be_given.empty());
}

TEST(ImportedOpenApi, TakesTheValuesThatItGives) {
  const ImportedRequests imported = good_import(R"({
    "openapi": "3.0.3",
    "servers": [{"url": "http://{h}:8080/v1", "variables": {"h": {"default": "localhost"}}}],
    "security": [{"key": []}],
    "components": {
      "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}, "jwt": {"type": "http", "scheme": "bearer"}},
      "parameters": {"Limit": {"name": "limit", "in": "query", "required": true, "schema": {"type": "integer", "default": 20}}},
      "schemas": {"Pet": {"type": "object", "required": ["name", "tags"],
        "properties": {"name": {"type": "string", "example": "Rex & Co"}, "tags": {"type": "array", "items": {"type": "string"}},
                       "age": {"type": "integer"}, "kind": {"type": "string", "enum": ["dog", "cat"]}}}}
    },
    "paths": {
      "/pets/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}, "example": "a b"}],
        "get": {"parameters": [{"$ref": "#/components/parameters/Limit"},
                               {"name": "debug", "in": "query", "schema": {"type": "boolean"}}],
                "responses": {"200": {}, "404": {}}}},
      "/pets": {
        "post": {"security": [{"jwt": []}],
                 "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
                 "responses": {"201": {}}}},
      "/owners/{owner}": {"delete": {"security": [], "parameters": [{"name": "owner", "in": "path", "required": true}], "responses": {"204": {}}}}
    }})");
  EXPECT_EQ(imported.origin, "http://localhost:8080");
  EXPECT_EQ(imported_scenario(imported), Json::parse(R"({
    "kind": "http",
    "requests": [
      {"method": "GET", "path": "/v1/pets/a%20b?limit=20", "headers": {"X-Api-Key": "${env:X_API_KEY}"}},
      {"method": "POST", "path": "/v1/pets", "headers": {"Authorization": "Bearer ${env:TOKEN}"},
       "body": {"name": "Rex & Co", "tags": ["text"], "kind": "dog"}},
      {"method": "DELETE", "path": "/v1/owners/${env:OWNER}"}],
    "expect": {"status": "200-204"}})"));
  EXPECT_TRUE(has_note(imported, "POST /v1/pets: its body is made up"));
  EXPECT_EQ(imported.to_be_given.at("OWNER"), "owner of DELETE /v1/owners/{owner}");
}

TEST(ImportedOpenApi, EndsWhereASchemaNamesItself) {
  const ImportedRequests imported = good_import(R"({"openapi": "3.1.0",
    "components": {"schemas": {"Node": {"type": "object", "required": ["next"],
      "properties": {"next": {"$ref": "#/components/schemas/Node"}}}, "Loop": {"$ref": "#/components/schemas/Loop"}}},
    "paths": {"/a": {"post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}}}},
              "/b": {"post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Loop"}}}}}}}})");
  EXPECT_EQ(imported.requests.size(), 2U);
}

TEST(ImportedRequestsOf, OtherFilesAreRefusedWithAWayOut) {
  EXPECT_NE(import_mistake("openapi: 3.0.0\npaths: {}\n").find("is YAML; JSON is read"),
            std::string::npos);
  EXPECT_NE(import_mistake("{\"swagger\": \"2.0\"}").find("Swagger 2.0"), std::string::npos);
  EXPECT_NE(import_mistake("{\"a\": 1}").find("no OpenAPI 3 file and no HAR"), std::string::npos);
  EXPECT_NE(import_mistake("{\"a\": ").find("is no JSON"), std::string::npos);
  EXPECT_NE(import_mistake("").find("no request is left"), std::string::npos);
  EXPECT_NE(import_mistake("hello there\n").find("line 1: 'hello there' is no request"),
            std::string::npos);
  EXPECT_NE(import_mistake("GET http://h/\nnonsense\n").find("line 2: 'nonsense' is no header"),
            std::string::npos);
  EXPECT_NE(import_mistake("@x\n").find("right is @name = value"), std::string::npos);
}

// What stands in such a file is anybody's: no shape of it may stop the program.
TEST(ImportedRequestsOf, OddShapesAreNoAccident) {
  for (
      const char* odd :
      {R"({"log": 1})", R"({"log": {"entries": 5}})",
       R"({"log": {"entries": [1, null, {"request": []}]}})",
       R"({"log": {"entries": [{"request": {"url": "http://h", "headers": "x", "postData": 1}, "response": {"status": 200}}]}})",
       R"({"openapi": 3, "paths": 5})", R"({"openapi": "3", "paths": {"/a": 1, "/b": {"get": 5}}})",
       R"({"openapi": "3", "servers": "x", "security": 1, "paths": {"/b": {"get": {"parameters": [1, {}], "requestBody": 1, "responses": [1]}}}})",
       R"({"openapi": "3", "paths": {"/b": {"post": {"requestBody": {"content": {"application/json": 1}}}}}})",
       R"({"openapi": "3", "paths": {"/b": {"post": {"requestBody": {"$ref": "#/nowhere"}, "security": [{"x": 1}]}}}})",
       "GET http://h/{{\n", "GET http://h/ \n\n< \n", "###\n###\n"}) {
    static_cast<void>(import_requests(odd, "odd"));
  }
}

}  // namespace
}  // namespace tracetax
