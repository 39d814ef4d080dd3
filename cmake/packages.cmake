# The libraries Mainstem links, by the namespace of their targets, and the CMake package of each.
# A package is looked for only when a target that is really built links it.
set(MAINSTEM_PACKAGE_fmt fmt)              # text formatting; std::format is missing in GCC 12
set(MAINSTEM_PACKAGE_Threads Threads)      # POSIX threads
set(MAINSTEM_PACKAGE_xxhash xxHash)        # 64-bit hashes for index terms
set(MAINSTEM_PACKAGE_Boost Boost)          # JSON in its header-only form
set(MAINSTEM_PACKAGE_SQLite SQLite3)       # read models
set(MAINSTEM_PACKAGE_CLI11 CLI11)          # command lines
set(MAINSTEM_PACKAGE_ZLIB ZLIB)            # reading compressed logs
set(MAINSTEM_PACKAGE_GTest GTest)          # tests
set(MAINSTEM_PACKAGE_rapidcheck rapidcheck) # property tests
set(MAINSTEM_PACKAGE_benchmark benchmark)  # micro-benchmarks

list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR}/find)

# Finds the packages of the given targets and answers their names in `result`.
macro(mainstem_find_packages result)
    set(${result} "")
    foreach(library ${ARGN})
        string(REGEX REPLACE "(::.*|_gtest)$" "" namespace ${library})
        if(NOT DEFINED MAINSTEM_PACKAGE_${namespace})
            message(FATAL_ERROR "${library} is not in the table of cmake/packages.cmake")
        endif()
        find_package(${MAINSTEM_PACKAGE_${namespace}} REQUIRED)
        list(APPEND ${result} ${MAINSTEM_PACKAGE_${namespace}})
    endforeach()
endmacro()
