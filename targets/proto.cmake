# The one way in which a .proto becomes a library here: targets_proto(NAME FOLDER [GRPC] FILES f.proto...)
# makes tracetax_NAME from FOLDER/f.proto; its headers are "<this folder>/proto/f.pb.h", from the
# repository's root. GRPC adds stubs. Our warnings are not for generated code, so its headers are SYSTEM ones.
# SPDX-License-Identifier: Apache-2.0
function(targets_proto name folder)
  cmake_parse_arguments(ARG "GRPC" "" "FILES" ${ARGN})
  set(root ${PROJECT_BINARY_DIR}/generated)
  file(RELATIVE_PATH here ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  set(out ${root}/${here}/proto)
  file(MAKE_DIRECTORY ${out})
  set(plugin)
  set(libraries protobuf::libprotobuf)
  if(ARG_GRPC)
    set(plugin --grpc_out=${out} --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    list(APPEND libraries gRPC::grpc++)
  endif()
  set(generated)
  foreach(file IN LISTS ARG_FILES)
    cmake_path(GET file STEM stem)
    set(made ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    if(ARG_GRPC)
      list(APPEND made ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
    endif()
    add_custom_command(
      OUTPUT ${made}
      COMMAND protobuf::protoc --proto_path=${folder} --cpp_out=${out} ${plugin} ${folder}/${file}
      DEPENDS ${folder}/${file} protobuf::protoc
      COMMENT "Generating messages of ${file}"
      VERBATIM)
    list(APPEND generated ${made})
  endforeach()
  add_library(tracetax_${name} STATIC ${generated})
  target_include_directories(tracetax_${name} SYSTEM PUBLIC ${root})
  target_link_libraries(tracetax_${name} PUBLIC ${libraries})
endfunction()
