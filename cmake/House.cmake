# One static library per folder. A folder sees its own headers and those of the folders that it
# links, nothing else: each library's include path is a directory of its own in which the folder
# appears as a symbolic link, so an include against the direction of the house does not compile.

set(GATEWATCH_HOUSES ${PROJECT_BINARY_DIR}/houses)

# gatewatch_house(FOLDER): the include path under which only FOLDER can be seen.
function(gatewatch_house folder)
  file(MAKE_DIRECTORY ${GATEWATCH_HOUSES}/${folder})
  if(NOT EXISTS ${GATEWATCH_HOUSES}/${folder}/${folder})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${GATEWATCH_HOUSES}/${folder}/${folder}
         SYMBOLIC)
  endif()
endfunction()

# gatewatch_library(FOLDER SOURCES … LINKS … PRIVATE_LINKS …): the folder's static library.
function(gatewatch_library folder)
  cmake_parse_arguments(ARGUMENT "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  gatewatch_house(${folder})
  add_library(${folder} STATIC ${ARGUMENT_SOURCES})
  target_include_directories(${folder} PUBLIC ${GATEWATCH_HOUSES}/${folder})
  target_link_libraries(${folder} PUBLIC compiler_options ${ARGUMENT_LINKS}
                                  PRIVATE ${ARGUMENT_PRIVATE_LINKS})
endfunction()
