// SPDX-License-Identifier: Apache-2.0
#include "scenarios/plugin/plugin_host.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <utility>

#include "harness/core/suite/suite_values.h"
#include "harness/core/text/quote.h"
#include "harness/core/text/sha256.h"
#include "harness/core/text/text_file.h"
#include "scenarios/catalog.h"
#include "scenarios/plugin/plugin.h"
#include "scenarios/plugin/plugin_scenario.h"

namespace tracetax {
namespace {

constexpr const char* kSymbol = "tracetax_scenario_plugin";
constexpr std::size_t kLargestPlugin = std::size_t{512} << 20;
constexpr std::size_t kLongestHelp = 200;
constexpr std::uint64_t kKnownCapabilities = TRACETAX_CHECKS_ANSWERS;

tl::unexpected<Error> wrong(std::string message) {
  return failure(ExitCode::usage, std::move(message));
}

std::string last_loader_error() {
  const char* text = dlerror();
  return text == nullptr ? "the loader gave no reason" : printable(text, 500);
}

// Of the file, before its code runs: what is no plain file might hang or be read only once.
Result<std::string> digest_of(const std::string& file) {
  std::error_code code;
  const auto status = std::filesystem::status(file, code);
  if (status.type() == std::filesystem::file_type::not_found) return wrong("no such file");
  if (std::filesystem::is_directory(status)) return wrong("is a folder, not a shared object");
  if (!std::filesystem::is_regular_file(status)) return wrong("is not a plain file");
  const auto bytes = read_file(file, kLargestPlugin);
  if (!bytes) return failure(bytes.error());
  if (!bytes->starts_with("\x7f"
                          "ELF"))
    return wrong("is not a shared object; build one with -shared -fPIC");
  return sha256_hex(*bytes);
}

Result<const tracetax_plugin*> table_of(const std::string& file) {
  // An absolute path, or the loader would look for a bare name in its own folders.
  std::error_code code;
  const auto path = std::filesystem::absolute(file, code);
  // Never closed: its functions and its table are used until the program ends.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return wrong(fmt::format("cannot be loaded: {}", last_loader_error()));
  using Entry = const tracetax_plugin* (*)(std::uint32_t);
  const auto entry = reinterpret_cast<Entry>(dlsym(library, kSymbol));
  if (entry == nullptr) {
    return wrong(fmt::format(
        "does not export {}, so it is no scenario plugin of tracetax (or the function is not "
        "extern \"C\", or hidden)",
        kSymbol));
  }
  try {
    const tracetax_plugin* table = entry(TRACETAX_PLUGIN_ABI);
    if (table == nullptr)
      return wrong(fmt::format("{} returned a null pointer instead of the table", kSymbol));
    return table;
  } catch (const std::exception& exception) {
    return wrong(fmt::format("{} threw an exception: {}", kSymbol,
                             printable(exception.what(), kLongestHelp)));
  } catch (...) {
    return wrong(fmt::format("{} threw an exception that is no std::exception", kSymbol));
  }
}

// Order matters: of a table of another version, nothing behind the first number may be looked at.
Status check_table(const tracetax_plugin& table) {
  if (table.abi_version != TRACETAX_PLUGIN_ABI) {
    return wrong(fmt::format(
        "was built for version {} of the plugin interface, this tracetax speaks version {}; build "
        "it with this tracetax's plugin.h",
        table.abi_version, TRACETAX_PLUGIN_ABI));
  }
  if (table.struct_size < sizeof(tracetax_plugin)) {
    return wrong(
        fmt::format("struct_size of its table is {}, right is sizeof(tracetax_plugin), {} or more",
                    table.struct_size, sizeof(tracetax_plugin)));
  }
  if ((table.capabilities & ~kKnownCapabilities) != 0) {
    return wrong(fmt::format("asks for capabilities that this tracetax has not: {:#x}",
                             table.capabilities & ~kKnownCapabilities));
  }
  if (table.name == nullptr) return wrong("name is a null pointer");
  if (table.help == nullptr) return wrong("help is a null pointer");
  const bool checks = (table.capabilities & TRACETAX_CHECKS_ANSWERS) != 0;
  for (const auto& [name, is_null] : {std::pair{"create", table.create == nullptr},
                                      {"prepare", table.prepare == nullptr},
                                      {"make_request", table.make_request == nullptr},
                                      {"check_answer", checks && table.check_answer == nullptr},
                                      {"destroy", table.destroy == nullptr}}) {
    if (is_null) return wrong(fmt::format("{} is a null pointer in its table", name));
  }
  return {};
}

Result<ScenarioPlugin> load(const std::string& file) {
  auto digest = digest_of(file);
  if (!digest) return failure(digest.error());
  const auto found = table_of(file);
  if (!found) return failure(found.error());
  const tracetax_plugin& table = **found;
  if (Status checked = check_table(table); !checked) return failure(checked.error());
  ScenarioPlugin plugin;
  plugin.file = file;
  plugin.sha256 = std::move(*digest);
  // One byte more than allowed: check_name() sees that it is too long.
  plugin.name.assign(table.name, strnlen(table.name, 65));
  plugin.help = printable({table.help, strnlen(table.help, kLongestHelp)}, kLongestHelp);
  if (auto named = check_name(plugin.name); !named) return failure(named.error().within("name"));
  plugin.prepare = [&table, file](const ScenarioSpec& spec, const ScenarioUse& use) {
    return prepare_plugin_scenario(table, file, spec, use);
  };
  return plugin;
}

}  // namespace

Result<ScenarioPlugin> load_plugin(const std::string& file) {
  auto plugin = load(file);
  if (!plugin) return failure(plugin.error().within(plugin_place(file)));
  return plugin;
}

ScenarioKinds::ScenarioKinds(std::vector<ScenarioPlugin> plugins) : plugins_(std::move(plugins)) {
  entries_.assign(scenarios().begin(), scenarios().end());
  for (const ScenarioPlugin& plugin : plugins_)
    entries_.push_back({plugin.name, plugin.help, {plugin.prepare}});
}

Result<ScenarioKinds> ScenarioKinds::with_plugins(std::span<const std::string> files) {
  std::vector<ScenarioPlugin> plugins;
  std::string mistakes;
  const auto note = [&](const std::string& line) {
    mistakes += (mistakes.empty() ? "" : "\n") + line;
  };
  for (const std::string& file : files) {
    auto plugin = load_plugin(file);
    if (!plugin) {
      note(plugin.error().message);
      continue;
    }
    const auto same_name = [&](const auto& other) { return other.name == plugin->name; };
    const auto other = std::find_if(plugins.begin(), plugins.end(), same_name);
    const bool built_in = std::any_of(scenarios().begin(), scenarios().end(), same_name);
    if (built_in || other != plugins.end()) {
      note(fmt::format("{}: the scenario kind {} is there already: it is {}", plugin_place(file),
                       quote(plugin->name),
                       built_in ? "built in" : "that of " + plugin_place(other->file)));
      continue;
    }
    plugins.push_back(std::move(*plugin));
  }
  if (!mistakes.empty()) return wrong(mistakes);
  return ScenarioKinds(std::move(plugins));
}

}  // namespace tracetax
