# A module is a folder include/mainstem/<name>/ (public) and a folder src/<name>/ (internal).
# It becomes the static library mainstem_<name>, for others mainstem::<name>; without sources it
# is an interface library.
include(GNUInstallDirs)

# mainstem_module(<name> [DEPS <module>...] [LINK <target>...] [PUBLIC_LINK <target>...])
# DEPS and PUBLIC_LINK are seen by those who link the module, LINK only by the module itself.
function(mainstem_module name)
    cmake_parse_arguments(arg "" "" "DEPS;LINK;PUBLIC_LINK" ${ARGN})
    set(target mainstem_${name})
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS
        ${PROJECT_SOURCE_DIR}/include/mainstem/${name}/*.hpp)
    list(TRANSFORM arg_DEPS PREPEND mainstem::)

    if(sources)
        mainstem_find_packages(packages ${arg_LINK} ${arg_PUBLIC_LINK})
        set_property(GLOBAL APPEND PROPERTY MAINSTEM_PACKAGES ${packages})
        add_library(${target} STATIC ${sources})
        target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
        target_link_libraries(${target} PUBLIC ${arg_DEPS} ${arg_PUBLIC_LINK} PRIVATE ${arg_LINK})
        mainstem_warnings(${target})
        mainstem_public_interface(${target} PUBLIC "${headers}")
    else()
        add_library(${target} INTERFACE)
        target_link_libraries(${target} INTERFACE ${arg_DEPS})
        mainstem_public_interface(${target} INTERFACE "${headers}")
    endif()
    add_library(mainstem::${name} ALIAS ${target})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
    set_property(GLOBAL APPEND PROPERTY MAINSTEM_TARGETS ${target})
endfunction()

# mainstem::mainstem: all modules, and the headers that stand above them.
function(mainstem_umbrella)
    list(TRANSFORM ARGN PREPEND mainstem:: OUTPUT_VARIABLE modules)
    file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/mainstem/*.hpp)
    add_library(mainstem_all INTERFACE)
    target_link_libraries(mainstem_all INTERFACE ${modules})
    mainstem_public_interface(mainstem_all INTERFACE "${headers}")
    add_library(mainstem::mainstem ALIAS mainstem_all)
    set_target_properties(mainstem_all PROPERTIES EXPORT_NAME mainstem)
    set_property(GLOBAL APPEND PROPERTY MAINSTEM_TARGETS mainstem_all)
endfunction()

# The language level, the public include root and the public headers of a module. The lint build
# compiles each of these headers alone.
function(mainstem_public_interface target scope headers)
    target_compile_features(${target} ${scope} cxx_std_23)
    target_include_directories(${target} ${scope}
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_sources(${target} ${scope} FILE_SET HEADERS
        BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${headers})
endfunction()
