// A shared object that is no plugin: the tests of plugin_host.h load it.
// SPDX-License-Identifier: Apache-2.0
extern "C" int nothing_to_see() { return 0; }
