# What a store records about the build: commit of the source, compiler, flags.
# The build is configured again after every commit (logs/HEAD changes with each), so ISLET_COMMIT is never stale;
# it is given to one file only, so that little is compiled again.
set(ISLET_COMMIT unknown)
find_program(GIT git)
if(GIT)
    execute_process(COMMAND ${GIT} -C ${CMAKE_SOURCE_DIR} describe --always --abbrev=12 --exclude=*
        OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    execute_process(COMMAND ${GIT} -C ${CMAKE_SOURCE_DIR} rev-parse --git-path logs/HEAD
        OUTPUT_VARIABLE log OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT failed)
        set(ISLET_COMMIT ${commit})
        get_filename_component(log "${log}" ABSOLUTE BASE_DIR ${CMAKE_SOURCE_DIR})
        if(EXISTS ${log})
            set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${log})
        endif()
    endif()
endif()
# without git, or where git does not trust the owner of the folder, the log tells the commit as well
set(log ${CMAKE_SOURCE_DIR}/.git/logs/HEAD)
if(ISLET_COMMIT STREQUAL unknown AND EXISTS ${log})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${log})
    file(STRINGS ${log} lines)
    list(POP_BACK lines last)
    if(last MATCHES "^[0-9a-f]+ ([0-9a-f]+) ")
        string(SUBSTRING ${CMAKE_MATCH_1} 0 12 ISLET_COMMIT)
    endif()
endif()
set_property(SOURCE ${CMAKE_SOURCE_DIR}/src/base/status.c APPEND PROPERTY COMPILE_DEFINITIONS ISLET_COMMIT="${ISLET_COMMIT}")

get_property(options DIRECTORY PROPERTY COMPILE_OPTIONS)
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
string(JOIN " " flags ${CMAKE_C_FLAGS} ${CMAKE_C_FLAGS_${type}} ${options})
target_compile_definitions(islet_objects PRIVATE ISLET_COMPILER="${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}"
    ISLET_FLAGS="${flags}")
