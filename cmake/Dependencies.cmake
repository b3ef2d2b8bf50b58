# What the library, its tests and its examples are built on: the system's packages, or a pinned archive where one is
# missing. Each archive's SHA-256 is the one that several package recipes give for it.
include(FetchContent)

set(CMAKE_COMPILE_WARNING_AS_ERROR OFF)  # the warnings of fetched code are not ours

# FineTuning_depends(NAME VERSION URL SHA256): finds the package, else fetches it.
macro(FineTuning_depends name version url sha256)
  FetchContent_Declare(${name} URL "${url}" URL_HASH "SHA256=${sha256}" SYSTEM
                       FIND_PACKAGE_ARGS ${version})
  FetchContent_MakeAvailable(${name})
endmacro()

find_package(CURL 7.87 REQUIRED)
find_package(Threads REQUIRED)
FineTuning_depends(nlohmann_json 3.10
  https://github.com/nlohmann/json/releases/download/v3.11.3/json.tar.xz
  d6c65aca6b1ed68e7a182f4757257b107ae403032760ed6ef121c9d55e81757d)
set(FMT_INSTALL OFF)
FineTuning_depends(fmt 9
  https://github.com/fmtlib/fmt/archive/refs/tags/10.2.1.tar.gz
  1250e4cc58bf06ee631567523f48848dc4596133e163f02615c97f78bab6c811)

# Regular expressions of test cases: RE2, optional, which Debian ships with a pkg-config file only.
find_package(PkgConfig QUIET)
if(NOT CMAKE_DISABLE_FIND_PACKAGE_re2)
  find_package(re2 CONFIG QUIET)
  set(FineTuning_RE2_BY_PKG_CONFIG OFF)  # the installed package has to find it the same way
  if(PkgConfig_FOUND AND NOT TARGET re2::re2)
    pkg_check_modules(re2 QUIET IMPORTED_TARGET re2)
    if(re2_FOUND)
      add_library(re2::re2 ALIAS PkgConfig::re2)
      set(FineTuning_RE2_BY_PKG_CONFIG ON)
    endif()
  endif()
endif()
if(NOT TARGET re2::re2)
  message(STATUS "FineTuning: without RE2, test cases with a regular expression are not run.")
  set(re2_FOUND OFF)  # the cache may hold what an earlier configuration found
endif()

# What was fetched is not installed, so an installed FineTuning could not find it.
if(FineTuning_INSTALL AND NOT (nlohmann_json_FOUND AND fmt_FOUND))
  message(STATUS "FineTuning: nlohmann_json or fmt was fetched, so there is no install.")
  set(FineTuning_INSTALL OFF)
endif()

if(FineTuning_BUILD_TESTS)
  FineTuning_depends(Catch2 ""  # 2.13 or 3: its package calls no two major versions compatible
    https://github.com/catchorg/Catch2/archive/refs/tags/v3.7.1.tar.gz
    c991b247a1a0d7bb9c39aa35faf0fe9e19764213f28ffba3109388e62ee0269c)
endif()

# The sandbox and the tests that need a server: cpp-httplib, which Debian ships with a pkg-config file only.
if(FineTuning_BUILD_TESTS OR FineTuning_BUILD_EXAMPLES OR FineTuning_BUILD_BENCHMARKS)
  find_package(httplib QUIET)
  if(PkgConfig_FOUND AND NOT TARGET httplib::httplib)
    pkg_check_modules(cpp_httplib QUIET IMPORTED_TARGET cpp-httplib>=0.11)
    if(cpp_httplib_FOUND)
      find_package(OpenSSL REQUIRED)  # its header calls it, and its .pc file leaves it out
      target_link_libraries(PkgConfig::cpp_httplib INTERFACE OpenSSL::SSL)
      add_library(httplib::httplib ALIAS PkgConfig::cpp_httplib)
    endif()
  endif()
endif()

unset(CMAKE_COMPILE_WARNING_AS_ERROR)
