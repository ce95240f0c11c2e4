// SPDX-License-Identifier: Apache-2.0
#include "scenarios/plugin/plugin_host.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "harness/core/text/checkout_testing.h"
#include "harness/core/text/text_file.h"

namespace tracetax {
namespace {

std::string test_plugin(const std::string& name) {
  return build_folder() + "/testplugins/" + name + ".so";
}

// What loading says, "" for nothing.
std::string complaint(const std::string& file) {
  const auto plugin = load_plugin(file);
  if (plugin) return "";
  EXPECT_EQ(plugin.error().code, ExitCode::usage);
  return plugin.error().message;
}

// Loads the wayward plugin with a table as told.
std::string complaint_about_table(const char* told) {
  setenv("TRACETAX_TEST_TABLE", told, 1);
  std::string said = complaint(test_plugin("wayward"));
  unsetenv("TRACETAX_TEST_TABLE");
  return said;
}

void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

TEST(LoadPlugin, TakesAPluginWrittenInC) {
  const auto plugin = load_plugin(test_plugin("plain"));
  ASSERT_TRUE(plugin) << plugin.error().message;
  EXPECT_EQ(plugin->name, "plain");
  EXPECT_EQ(plugin->help, "GET / in C");
  EXPECT_EQ(plugin->sha256.size(), 64U);
  const auto prepared = plugin->prepare(
      {.name = "x", .kind = "plain", .options = Json::object(), .folder = "", .targets = {}}, {});
  ASSERT_TRUE(prepared) << prepared.error().message;
  EXPECT_TRUE(prepared->requests.at(0).bytes.starts_with("GET / HTTP/1.1\r\n"));
  EXPECT_FALSE(prepared->check);
}

TEST(LoadPlugin, TakesAPathRelativeToWhereItIsCalled) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(std::filesystem::path(test_plugin("plain")).parent_path());
  EXPECT_EQ(complaint("plain.so"), "");
  std::filesystem::current_path(before);
}

TEST(LoadPlugin, NamesTheFileAndWhatIsWrongWithIt) {
  expect_contains(complaint("no/such.so"), "plugin 'no/such.so': no such file");
  expect_contains(complaint(""), "no such file");
  expect_contains(complaint(::testing::TempDir()), "is a folder");
  expect_contains(complaint("/dev/zero"), "is not a plain file");
  const std::string text = ::testing::TempDir() + "/text.so";
  ASSERT_TRUE(write_file(text, "hello"));
  expect_contains(complaint(text), "is not a shared object");
  const std::string cut = ::testing::TempDir() + "/cut.so";
  ASSERT_TRUE(write_file(cut, read_file(test_plugin("plain"), 1U << 30)->substr(0, 100)));
  expect_contains(complaint(cut), "cannot be loaded: ");
  expect_contains(complaint("/proc/self/exe"), "cannot be loaded: ");
  expect_contains(complaint(test_plugin("none")), "does not export tracetax_scenario_plugin");
}

TEST(LoadPlugin, NamesBothVersions) {
  expect_contains(complaint_about_table("version 7"),
                  "built for version 7 of the plugin interface");
  expect_contains(complaint_about_table("version 7"), "speaks version 1");
}

TEST(LoadPlugin, RefusesATableThatCannotBeRight) {
  EXPECT_EQ(complaint_about_table(""), "");
  expect_contains(complaint_about_table("null"), "returned a null pointer");
  expect_contains(complaint_about_table("throws"), "threw an exception: not today");
  expect_contains(complaint_about_table("small"), "struct_size of its table is 8");
  expect_contains(complaint_about_table("capability"), "0x100000");
  expect_contains(complaint_about_table("null name"), "name is a null pointer");
  expect_contains(complaint_about_table("null help"), "help is a null pointer");
  expect_contains(complaint_about_table("bad name"), "'two words' is not a name");
  for (const std::string function :
       {"create", "prepare", "make_request", "check_answer", "destroy"}) {
    expect_contains(complaint_about_table(("null " + function).c_str()),
                    ": " + function + " is a null pointer");
  }
}

TEST(ScenarioKinds, PluginsStandBesideTheBuiltInOnes) {
  const auto kinds =
      ScenarioKinds::with_plugins(std::vector{test_plugin("plain"), test_plugin("wayward")});
  ASSERT_TRUE(kinds) << kinds.error().message;
  EXPECT_TRUE(find_in_catalog(kinds->entries(), "scenario kind", "http"));
  EXPECT_TRUE(find_in_catalog(kinds->entries(), "scenario kind", "wayward"));
  const auto unknown = find_in_catalog(kinds->entries(), "scenario kind", "plian");
  ASSERT_FALSE(unknown);
  expect_contains(unknown.error().message, "did you mean 'plain'");
}

TEST(ScenarioKinds, ANameIsTakenOnce) {
  const auto twice =
      ScenarioKinds::with_plugins(std::vector{test_plugin("plain"), test_plugin("plain")});
  ASSERT_FALSE(twice);
  expect_contains(twice.error().message, "'plain' is there already: it is that of plugin");
  setenv("TRACETAX_TEST_TABLE", "name http", 1);
  const auto built_in = ScenarioKinds::with_plugins(std::vector{test_plugin("wayward")});
  unsetenv("TRACETAX_TEST_TABLE");
  ASSERT_FALSE(built_in);
  expect_contains(built_in.error().message, "'http' is there already: it is built in");
}

TEST(ScenarioKinds, TellsEveryMistakeAtOnce) {
  const auto kinds = ScenarioKinds::with_plugins(std::vector<std::string>{"a.so", "b.so"});
  ASSERT_FALSE(kinds);
  EXPECT_EQ(kinds.error().message, "plugin 'a.so': no such file\nplugin 'b.so': no such file");
}

}  // namespace
}  // namespace tracetax
