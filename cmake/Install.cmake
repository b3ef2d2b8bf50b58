# The install: library, headers, CMake package and pkg-config file.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/FineTuning")
install(TARGETS FineTuning EXPORT FineTuningTargets FILE_SET HEADERS)
install(EXPORT FineTuningTargets NAMESPACE FineTuning:: DESTINATION "${package_dir}")
configure_package_config_file(cmake/FineTuningConfig.cmake.in FineTuningConfig.cmake
                              INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(FineTuningConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/FineTuningConfig.cmake"
              "${PROJECT_BINARY_DIR}/FineTuningConfigVersion.cmake" DESTINATION "${package_dir}")

# The .pc file finds the prefix from its own place, so that the install can be moved. A static library's users link what
# it needs: most never pass --static, and Debian's libcurl asks for a dozen more -dev packages where they do.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
           OUTPUT_VARIABLE prefix_from_pc)
if(BUILD_SHARED_LIBS)
  set(pc_requires "Requires.private")
  set(pc_flags " -DFINETUNING_SHARED")
else()
  set(pc_requires "Requires")
endif()
if(TARGET re2::re2)
  set(pc_re2 ", re2")
endif()
configure_file(cmake/FineTuning.pc.in FineTuning.pc @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/FineTuning.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
