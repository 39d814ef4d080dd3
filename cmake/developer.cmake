# What the developers' own builds get and consumers never do: a default build type, sanitizers,
# warnings, a compiler cache, and paths in diagnostics that do not depend on the machine.

# Gives a target of ours the warnings that developers see; private, so consumers inherit none.
function(mainstem_warnings target)
    if(NOT PROJECT_IS_TOP_LEVEL)
        return()
    endif()
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
        $<$<BOOL:${MAINSTEM_WARNINGS_AS_ERRORS}>:-Werror>
        # Clang warns of a part that stable_sort of libstdc++ 12 uses itself and calls deprecated;
        # GCC looks for what we use of such.
        "$<$<CXX_COMPILER_ID:Clang>:-Wthread-safety;-Wno-deprecated-declarations>"
        # GCC 12 finds overlaps and overruns in the inlined operators of std::string where there are
        # none (GCC bugs 105651, 105329); clang-tidy and the address sanitizer look for real ones.
        "$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-array-bounds>"
        "$<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow;-Wno-stringop-overread>")
    if(MAINSTEM_SANITIZE)
        # Instrumented code confuses GCC's flow analysis; the plain builds check initialisation.
        target_compile_options(${target} PRIVATE
            $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    endif()
endfunction()

if(NOT PROJECT_IS_TOP_LEVEL)
    return()
endif()

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_COLOR_DIAGNOSTICS ON)

if(MAINSTEM_SANITIZE)
    add_compile_options(-fsanitize=${MAINSTEM_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${MAINSTEM_SANITIZE})
endif()
if(MAINSTEM_LIBFUZZER)
    # Coverage for all code; the driver with main() is linked into the fuzz targets only.
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Assertions and debug information name files relative to the source tree.
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)

# The cache serves all build directories and copies of the tree: paths below the tree are taken
# relative, and precompiled headers may be used.
find_program(MAINSTEM_CCACHE ccache)
find_program(MAINSTEM_ENV env)
if(MAINSTEM_CCACHE AND MAINSTEM_ENV AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${MAINSTEM_ENV}
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${MAINSTEM_CCACHE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_compile_options(-fpch-preprocess)
    endif()
endif()
