# The only build functions of this project. Every library, test, benchmark and fuzz target goes
# through one of them, so flags and labels are set in one place.
# SPDX-License-Identifier: Apache-2.0

add_library(tracetax_options INTERFACE)
target_include_directories(tracetax_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
target_compile_options(tracetax_options INTERFACE
  -pthread  # as gRPC asks of what uses it: so all objects may share a precompiled header
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wdouble-promotion
  $<IF:$<BOOL:$<TARGET_PROPERTY:TRUSTS_POINTERS>>,-Wno-maybe-uninitialized,-Wnull-dereference>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>  # g++ 12 warns falsely on std::string concatenation (GCC bug 105329)
  $<$<BOOL:${TRACETAX_WERROR}>:-Werror>
  $<$<NOT:$<CONFIG:Release>>:-D_GLIBCXX_ASSERTIONS>)
target_link_libraries(tracetax_options INTERFACE Threads::Threads $<IF:$<BOOL:${TRACETAX_STATIC}>,fmt::fmt-header-only,fmt::fmt> tl::expected
  nlohmann_json::nlohmann_json)
if(TRACETAX_SANITIZE)
  # Applied to everything, generated code included: a sanitizer that sees half a program lies.
  # Undefined behaviour ends the program, or a test that prints a report would still pass.
  add_compile_options(-fsanitize=${TRACETAX_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer -g -O1)
  add_link_options(-fsanitize=${TRACETAX_SANITIZE})
  add_compile_definitions(TRACETAX_SANITIZED=1)
endif()

# Most of a build was the same headers read again. So what nearly all sources include is compiled once for all
# (TRACETAX_PRECOMPILE), and the sources of a room are compiled together (TRACETAX_UNITY):
# docs/decisions.md, "Build time". With both off a missing include shows.

# tracetax_precompiled(NAME LEVEL [HEADERS <h>... DEPENDS lib...]): precompiled headers for what is compiled at LEVEL.
function(tracetax_precompiled name level)
  cmake_parse_arguments(ARG "" "" "HEADERS;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${PROJECT_SOURCE_DIR}/ci/headers.cc)
  target_link_libraries(${name} PUBLIC tracetax_options ${ARG_DEPENDS})
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:${level}>)
  if(TRACETAX_PRECOMPILE)
    target_precompile_headers(${name} PRIVATE <ci/headers.h> ${ARG_HEADERS})
  endif()
endfunction()
tracetax_precompiled(tracetax_headers -O2)
tracetax_precompiled(tracetax_cold_headers -O1)
if(TRACETAX_TESTS)
  tracetax_precompiled(tracetax_test_headers -O1 HEADERS <gtest/gtest.h> DEPENDS GTest::gtest)
endif()

# tracetax_compiled(TARGET LEVEL HEADERS): TARGET is compiled at LEVEL, with the precompiled headers of HEADERS.
function(tracetax_compiled target level headers)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:${level}>)
  if(TRACETAX_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${headers})
  endif()
endfunction()

# tracetax_room(NAME a.cc b.cc): these sources of the library NAME are compiled together.
function(tracetax_room name)
  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE room)
  string(REPLACE / _ room ${room})
  set_source_files_properties(${ARGN} TARGET_DIRECTORY tracetax_${name} PROPERTIES UNITY_GROUP ${room})
endfunction()

# tracetax_library(NAME [COLD] SOURCES a.cc b.cc DEPENDS lib...): static library tracetax_NAME. COLD: nothing in it
# runs while anything is measured, so it is compiled with -O1, which takes a third less time.
function(tracetax_library name)
  cmake_parse_arguments(ARG "COLD" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(tracetax_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(tracetax_${name} PUBLIC tracetax_options ${ARG_DEPENDS})
  if(ARG_COLD)
    tracetax_compiled(tracetax_${name} -O1 tracetax_cold_headers)
  else()
    tracetax_compiled(tracetax_${name} -O2 tracetax_headers)
  endif()
  if(TRACETAX_UNITY)
    set_target_properties(tracetax_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    tracetax_room(${name} ${ARG_SOURCES})
    # What is anonymous stands in an included file then, which this warning takes for a header.
    target_compile_options(tracetax_${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
endfunction()

# Tests run in four places (scripts/test: ctest --parallel 4). What computes takes two of them, so that two of its
# kind fill two CPUs; what mostly waits for a service takes one and begins first; what measures runs alone.

# tracetax_tests(NAME SOURCES a_test.cc DEPENDS lib... [LABEL unit|e2e]): one executable NAME_test.
# Tests labelled e2e measure or start programs, so each runs alone.
function(tracetax_tests name)
  if(NOT TRACETAX_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;DEPENDS" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  add_executable(${name}_test ${ARG_SOURCES})
  target_link_libraries(${name}_test PRIVATE ${ARG_DEPENDS} tracetax_options tracetax_checkout GTest::gtest_main)
  # -O1 halves the time to compile a test, which is most of a build; what they test keeps its own level.
  tracetax_compiled(${name}_test -O1 tracetax_test_headers)
  if(ARG_LABEL STREQUAL "e2e")
    set(alone TRUE)
  else()
    set(alone FALSE)
  endif()
  gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 120 PROCESSORS 2 RUN_SERIAL ${alone})
endfunction()

# tracetax_sources(NAME a.cc b.cc), tracetax_test_sources(NAME a_test.cc), tracetax_bench_sources(NAME a_bench.cc):
# the share of a room (a folder inside of a part) in the part's library, its tests and its benchmarks.
function(tracetax_sources name)
  target_sources(tracetax_${name} PRIVATE ${ARGN})
  tracetax_room(${name} ${ARGN})
endfunction()
function(tracetax_test_sources name)
  if(TRACETAX_TESTS)
    target_sources(${name}_test PRIVATE ${ARGN})
  endif()
endfunction()
function(tracetax_bench_sources name)
  if(TRACETAX_TESTS)
    target_sources(${name}_bench PRIVATE ${ARGN})
  endif()
endfunction()

# tracetax_trusts_pointers(TARGET...): g++ 12 takes null pointers for possible inside of Boost.Asio's inlined
# scheduler and of grpc++'s inlined operations, so what uses them is compiled without that warning.
function(tracetax_trusts_pointers)
  foreach(target IN LISTS ARGN)
    if(TARGET ${target})
      set_target_properties(${target} PROPERTIES TRUSTS_POINTERS ON)
    endif()
  endforeach()
endfunction()

# tracetax_bench(NAME SOURCES a_bench.cc DEPENDS lib...): Google Benchmark executable NAME_bench.
function(tracetax_bench name)
  if(NOT TRACETAX_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name}_bench ${ARG_SOURCES})
  target_link_libraries(${name}_bench PRIVATE ${ARG_DEPENDS} tracetax_options benchmark::benchmark_main)
endfunction()

# tracetax_fuzz(NAME SOURCE x_fuzz.cc DEPENDS lib...): LLVMFuzzerTestOneInput in x_fuzz.cc, linked
# with ci/fuzz_driver.cc, which replays harness/corpus/NAME and then mutates it for a few seconds.
# With TRACETAX_LIBFUZZER (clang; scripts/fuzz) it is linked with libFuzzer in its place. All of them
# are built by the target `fuzz`.
if(TRACETAX_TESTS)
  add_custom_target(fuzz)
endif()
function(tracetax_fuzz name)
  if(NOT TRACETAX_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCE;DEPENDS" ${ARGN})
  add_executable(${name}_fuzz ${ARG_SOURCE})
  target_link_libraries(${name}_fuzz PRIVATE ${ARG_DEPENDS} tracetax_options)
  add_dependencies(fuzz ${name}_fuzz)
  if(TRACETAX_LIBFUZZER)
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    return()
  endif()
  target_sources(${name}_fuzz PRIVATE ${PROJECT_SOURCE_DIR}/ci/fuzz_driver.cc)
  add_test(NAME fuzz.${name}
    COMMAND ${name}_fuzz ${PROJECT_SOURCE_DIR}/harness/corpus/${name} --seconds=2)
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 60 PROCESSORS 2)
endfunction()

# tracetax_python_test(NAME test_x.py [ALONE]): a unittest file that drives the built programs.
# It finds them through TRACETAX_BIN (the bin folder) and TRACETAX_SOURCE (the source root).
# ALONE: it looks at numbers that another test beside it would change.
function(tracetax_python_test name file)
  if(NOT TRACETAX_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "ALONE" "" "" ${ARGN})
  add_test(NAME e2e.${name} COMMAND ${Python3_EXECUTABLE} -u ${CMAKE_CURRENT_SOURCE_DIR}/${file} -v)
  set_tests_properties(e2e.${name} PROPERTIES LABELS e2e TIMEOUT 600 COST 100 RUN_SERIAL ${ARG_ALONE} ENVIRONMENT
    "TRACETAX_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY};TRACETAX_SOURCE=${PROJECT_SOURCE_DIR}")
endfunction()
