# Writes OUTPUT, a header with the git revision of SOURCE, at every build; "unknown" without git or
# outside of a work tree. The file is only touched when the revision has changed.
# SPDX-License-Identifier: Apache-2.0
cmake_minimum_required(VERSION 3.25)
set(revision "unknown")
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
    OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed AND described)
    set(revision "${described}")
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT
"// Written at build time by harness/run/write_revision.cmake.
#pragma once
inline constexpr char kGitRevision[] = \"@revision@\";
" @ONLY)
