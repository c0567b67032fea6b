# Tests that are scripts: they run from ctest beside the C tests. Read from CMakeLists.txt.
function(script_test name script)
    add_test(NAME ${name} COMMAND sh ${CMAKE_SOURCE_DIR}/${script} ${ARGN} WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()

script_test(check_layers tools/check_layers.sh ${CMAKE_SOURCE_DIR})
script_test(check_banned tools/check_banned.sh ${CMAKE_SOURCE_DIR})
script_test(check_params tools/check_params.sh ${CMAKE_SOURCE_DIR})
set_tests_properties(check_params PROPERTIES ENVIRONMENT "CC=${CMAKE_C_COMPILER}")
if(NOT ISLET_SANITIZE AND NOT ISLET_COVERAGE) # sanitizers export and call what the library itself must not
    script_test(check_symbols tools/check_symbols.sh $<TARGET_FILE:islet>)
endif()

if(TARGET kernel_days AND CMAKE_BUILD_TYPE STREQUAL Release AND ISLET_KERNEL_OPTIMISE STREQUAL -O3
   AND NOT ISLET_SANITIZE AND NOT ISLET_COVERAGE) # the number belongs to this optimisation
    string(REGEX MATCH "^[0-9]+" compiler_major "${CMAKE_C_COMPILER_VERSION}")
    script_test(test_instructions tests/test_instructions.sh $<TARGET_FILE:kernel_days> ${CMAKE_C_COMPILER_ID}-${compiler_major})
    set_tests_properties(test_instructions PROPERTIES SKIP_RETURN_CODE 77)
endif()

if(NVCC AND CUDART) # skipped where there is no device, once the compiler has accepted everything
    script_test(test_cuda tests/test_cuda.sh ${CMAKE_SOURCE_DIR} $<TARGET_FILE_DIR:islet>/islet-cuda-days ${NVCC} ${NVCC_OPTIONS})
    set_tests_properties(test_cuda PROPERTIES SKIP_RETURN_CODE 77)
endif()

foreach(name test_store_evidence test_faults) # of test_faults the preparation alone: no test has that name
    if(TARGET ${name})
        script_test(${name}_twice tests/test_side_by_side.sh $<TARGET_FILE:${name}> sample no_test)
    endif()
endforeach()

if(TARGET islet_command)
    add_executable(json_check tests/cli/json_check.c)
    add_library(faults SHARED tests/faults/faults.c tests/faults/disk.c tests/faults/preload.c) # disturbs the command
    set_target_properties(faults PROPERTIES C_VISIBILITY_PRESET default)
    file(GLOB CLI_TESTS CONFIGURE_DEPENDS tests/cli/test_*.sh)
    if(ISLET_SANITIZE OR ISLET_COVERAGE) # their runtime must be the first library of a program
        list(FILTER CLI_TESTS EXCLUDE REGEX "test_cover\\.sh$")
    endif()
    foreach(script ${CLI_TESTS})
        get_filename_component(name ${script} NAME_WE)
        file(RELATIVE_PATH script ${CMAKE_SOURCE_DIR} ${script})
        script_test(${name}_command ${script} $<TARGET_FILE:islet_command> ${CMAKE_SOURCE_DIR} $<TARGET_FILE:json_check>)
        set_tests_properties(${name}_command PROPERTIES SKIP_RETURN_CODE 77 ENVIRONMENT
            "CC=${CMAKE_C_COMPILER};EXTRA_CFLAGS=${SANITIZE_FLAGS};ISLET_FAULTS=$<TARGET_FILE:faults>;ISLET_MPI=$<$<TARGET_EXISTS:islet_mpi>:$<TARGET_FILE:islet_mpi>>")
    endforeach()
endif()

# slow ones are left out of the short run under sanitizers that ./test does; `make sanitize` runs them too
set(SLOW_TESTS test_trial test_run test_reference test_report test_run_command test_resume_command test_cover_command test_ranks_command test_elsewhere test_faults)
list(APPEND SLOW_TESTS test_cells_trial test_sweep test_harms test_pathways test_attention test_onset test_bench test_calibrate_command
     test_claims_command test_forecast_command test_validate_command)
foreach(name ${SLOW_TESTS})
    if(TEST ${name})
        set_tests_properties(${name} PROPERTIES LABELS slow)
    endif()
endforeach()
