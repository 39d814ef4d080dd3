# `cmake --install`: headers, static libraries, the program, and a package for find_package.
if(NOT MAINSTEM_INSTALL)
    return()
endif()
include(CMakePackageConfigHelpers)

get_property(targets GLOBAL PROPERTY MAINSTEM_TARGETS)
get_property(packages GLOBAL PROPERTY MAINSTEM_PACKAGES)
list(REMOVE_DUPLICATES packages)
list(TRANSFORM packages REPLACE "(.+)" "find_dependency(\\1)")
list(JOIN packages "\n" MAINSTEM_FIND_DEPENDENCIES)

set(folder ${CMAKE_INSTALL_LIBDIR}/cmake/mainstem)
install(TARGETS ${targets} EXPORT mainstemTargets FILE_SET HEADERS)
install(EXPORT mainstemTargets NAMESPACE mainstem:: DESTINATION ${folder})
if(TARGET mainstem)
    install(TARGETS mainstem)
endif()

configure_package_config_file(cmake/mainstemConfig.cmake.in
    ${PROJECT_BINARY_DIR}/mainstemConfig.cmake INSTALL_DESTINATION ${folder})
# Before 1.0 each minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mainstemConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/mainstemConfig.cmake
    ${PROJECT_BINARY_DIR}/mainstemConfigVersion.cmake cmake/find/FindxxHash.cmake
    DESTINATION ${folder})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
