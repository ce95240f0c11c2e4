# Packages of what is installed, by CPack: scripts/package. They are made of the preset `package`, whose programs need
# nothing but glibc; dpkg-shlibdeps says of which version.
# SPDX-License-Identifier: Apache-2.0
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_NAME tracetax)
set(CPACK_PACKAGE_VENDOR "the authors of tracetax")
set(CPACK_PACKAGE_CONTACT "the authors of tracetax")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "what does distributed tracing cost a service?")
set(CPACK_PACKAGE_DESCRIPTION "Measures a service with tracing off and on, in paired blocks, with a receipt for every
span; judges it in CI against a budget and against the revision before.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGE_FILE_NAME tracetax-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
