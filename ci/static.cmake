# For programs that run where nothing of Debian's libraries is installed (packages, caches of CI): all but glibc is
# linked from Debian's static archives. fmt has none, so its headers bring the code.
# SPDX-License-Identifier: Apache-2.0

# Archives in place of shared objects, for TARGET and all that it links.
function(tracetax_link_archives target)
  get_property(done GLOBAL PROPERTY tracetax_archives)
  if(NOT TARGET ${target} OR target IN_LIST done)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY tracetax_archives ${target})
  foreach(place IMPORTED_LOCATION IMPORTED_LOCATION_NONE IMPORTED_LOCATION_RELEASE)
    get_target_property(shared ${target} ${place})
    string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${shared}")
    if(EXISTS "${archive}")
      set_property(TARGET ${target} PROPERTY ${place} ${archive})
    elseif(shared MATCHES "\\.so[.0-9]*$")
      message(FATAL_ERROR "TRACETAX_STATIC: ${archive} is missing")
    endif()
  endforeach()
  get_target_property(needed ${target} INTERFACE_LINK_LIBRARIES)
  foreach(library IN LISTS needed)
    if(library STREQUAL "-lre2")  # the shared one would bring a second libstdc++ with it
      find_library(TRACETAX_RE2 re2 REQUIRED)
      list(TRANSFORM needed REPLACE "^-lre2$" ${TRACETAX_RE2})
      set_property(TARGET ${target} PROPERTY INTERFACE_LINK_LIBRARIES ${needed})
    endif()
    tracetax_link_archives(${library})
  endforeach()
endfunction()

tracetax_link_archives(gRPC::grpc++)
add_link_options(-static-libstdc++ -static-libgcc)
