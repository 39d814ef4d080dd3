# Finds the tests by folder and suffix, builds one program for each kind (unit tests: for each
# module) and tells ctest about every single test. How long one may take stands in the test presets:
# about ten times what the slowest takes, so that one that hangs is found soon.
include(CTest)
include(GoogleTest)

# mainstem_test_program(<name> <kind> <source>...)
function(mainstem_test_program name kind)
    add_executable(${name} ${ARGN})
    target_link_libraries(${name} PRIVATE test_support GTest::gtest_main)
    target_precompile_headers(${name} REUSE_FROM test_precompiled)
    set_target_properties(${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    mainstem_warnings(${name})
    if(kind STREQUAL "integration" AND TARGET mainstem)
        add_dependencies(${name} mainstem)
    endif()
    # Simulations and integration tests take longest: a high cost lets ctest start them first.
    if(kind MATCHES "simulation|integration")
        set(cost 100)
    else()
        set(cost 1)
    endif()
    gtest_discover_tests(${name}
        TEST_PREFIX ${name}. NO_PRETTY_TYPES NO_PRETTY_VALUES
        DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
        PROPERTIES LABELS ${kind} COST ${cost})
endfunction()

# mainstem_test_kind(<kind> <suffix>): all of tests/<kind>/*<suffix>.cpp in the program <kind>.
function(mainstem_test_kind kind suffix)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${kind}/*${suffix}.cpp)
    if(sources)
        mainstem_test_program(${kind} ${kind} ${sources})
    endif()
endfunction()

# tests/support/ as a library. Its paths.cpp alone knows where the tree and the program are.
function(mainstem_test_support)
    mainstem_find_packages(packages GTest::gtest rapidcheck_gtest)
    set(libraries mainstem_internals GTest::gtest rapidcheck_gtest)

    file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/test_precompiled.cpp CONTENT "")
    add_library(test_precompiled OBJECT ${PROJECT_BINARY_DIR}/test_precompiled.cpp)
    target_link_libraries(test_precompiled PRIVATE ${libraries})
    mainstem_warnings(test_precompiled)
    target_precompile_headers(test_precompiled PRIVATE
        <gtest/gtest.h> <algorithm> <array> <atomic> <chrono> <cstddef> <cstdint> <expected>
        <functional> <map> <memory> <mutex> <optional> <random> <span> <string> <string_view>
        <thread> <utility> <variant> <vector>)

    set(folder ${PROJECT_SOURCE_DIR}/tests/support)
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
    if(sources)
        add_library(test_support STATIC ${sources})
        target_precompile_headers(test_support REUSE_FROM test_precompiled)
        mainstem_warnings(test_support)
        set(scope PUBLIC)
    else()
        add_library(test_support INTERFACE)
        set(scope INTERFACE)
    endif()
    target_link_libraries(test_support ${scope} ${libraries})
    target_include_directories(test_support ${scope} ${PROJECT_SOURCE_DIR}/tests)
    if(EXISTS ${folder}/paths.cpp)
        set_source_files_properties(${folder}/paths.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
        set_property(SOURCE ${folder}/paths.cpp APPEND PROPERTY COMPILE_DEFINITIONS
            MAINSTEM_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
            MAINSTEM_PROGRAM="${PROJECT_BINARY_DIR}/mainstem")
    endif()
endfunction()

# tests/compile/*.cpp: wrong forms of commands and events, and the words in which the compiler must
# refuse them; see cmake/check_compile.cmake.
function(mainstem_compile_tests)
    set(includes "$<TARGET_PROPERTY:mainstem_command,INCLUDE_DIRECTORIES>")
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/compile/*.cpp)
    foreach(source ${sources})
        cmake_path(GET source STEM name)
        add_test(NAME compile.${name} COMMAND ${CMAKE_COMMAND}
            -D COMPILER=${CMAKE_CXX_COMPILER} -D SOURCE=${source}
            -D "FLAGS=-std=c++23;-Wall;-Wextra;-I$<JOIN:${includes},;-I>"
            -P ${PROJECT_SOURCE_DIR}/cmake/check_compile.cmake)
        set_tests_properties(compile.${name} PROPERTIES LABELS unit)
    endforeach()
endfunction()

# examples/<name>.cpp is built as a consumer would build it, and run in an empty folder; when there
# is examples/<name>.expected, it must print exactly that.
function(mainstem_examples)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.cpp)
    foreach(source ${sources})
        cmake_path(GET source STEM name)
        add_executable(example_${name} ${source})
        target_link_libraries(example_${name} PRIVATE mainstem::mainstem mainstem::testing)
        set_target_properties(example_${name} PROPERTIES
            RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples OUTPUT_NAME ${name})
        mainstem_warnings(example_${name})
        add_test(NAME example.${name} COMMAND ${CMAKE_COMMAND}
            -D PROGRAM=$<TARGET_FILE:example_${name}>
            -D EXPECTED=${PROJECT_SOURCE_DIR}/examples/${name}.expected
            -D FOLDER=${PROJECT_BINARY_DIR}/examples/${name}.run
            -P ${PROJECT_SOURCE_DIR}/cmake/run_example.cmake)
        set_tests_properties(example.${name} PROPERTIES LABELS example)
    endforeach()
endfunction()

# A project of a user's own, built in both ways in which users take Mainstem in.
function(mainstem_consumer_tests)
    foreach(way find_package add_subdirectory)
        add_test(NAME consumer.${way} COMMAND ${PROJECT_SOURCE_DIR}/tests/consumer/run ${way}
            ${PROJECT_BINARY_DIR} ${CMAKE_CXX_COMPILER})
        set_tests_properties(consumer.${way} PROPERTIES LABELS integration TIMEOUT 900 COST 200)
    endforeach()
endfunction()

if(MAINSTEM_TESTS)
    mainstem_test_support()
    file(GLOB modules CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/*)
    foreach(folder ${modules})
        cmake_path(GET folder FILENAME module)
        file(GLOB sources CONFIGURE_DEPENDS ${folder}/*_test.cpp)
        if(sources)
            mainstem_test_program(unit_${module} unit ${sources})
        endif()
    endforeach()
    mainstem_compile_tests()
    mainstem_test_kind(contract _test)
    mainstem_test_kind(golden _test)
    mainstem_test_kind(regression _test)
    mainstem_test_kind(integration _test)
    mainstem_test_kind(simulation _sim)
    # The consumer is built without sanitizers: it proves the packaging, not the code.
    if(MAINSTEM_INSTALL AND NOT MAINSTEM_SANITIZE)
        mainstem_consumer_tests()
    endif()
endif()
if(MAINSTEM_EXAMPLES)
    mainstem_examples()
endif()
if(MAINSTEM_FUZZERS AND NOT MAINSTEM_LIBFUZZER)
    foreach(source ${fuzzers})
        cmake_path(GET source STEM stem)
        string(REGEX REPLACE "_fuzz$" "" name ${stem})
        add_test(NAME fuzz.${name} COMMAND fuzz_${name} ${PROJECT_SOURCE_DIR}/fuzz/corpus/${name})
        set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz)
    endforeach()
endif()
