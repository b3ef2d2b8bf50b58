# Read by cmake/demo, cmake/test and .ci/run: finds out what a build lacks, and installs it where apt can.

missing=""

# need PACKAGE PROBE...: PACKAGE, under its Debian name, is missing unless the probe succeeds.
need() {
  package=$1
  shift
  "$@" >/dev/null 2>&1 || missing="$missing $package"
}

need_build_tools() {
  need g++ command -v c++
  need cmake command -v cmake
  need ninja-build command -v ninja
  need pkg-config command -v pkg-config
  need libcurl4-openssl-dev pkg-config --exists "libcurl >= 7.87"
  need nlohmann-json3-dev pkg-config --exists "nlohmann_json >= 3.10"
  need libfmt-dev pkg-config --exists "fmt >= 9"
  need libre2-dev pkg-config --exists re2
  need libcpp-httplib-dev pkg-config --exists "cpp-httplib >= 0.11"
  need libssl-dev pkg-config --exists openssl
  need ca-certificates test -e /etc/ssl/certs/ca-certificates.crt
}

install_missing() {
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "Missing here, under the names that Debian has for them:$missing" >&2
    for tool in c++ cmake ninja; do
      command -v $tool >/dev/null || { echo "Nothing can be built without $tool: please install it." >&2; exit 1; }
    done
    echo "Going on without them: CMake fetches nlohmann_json, fmt and Catch2 where it has to." >&2
    return 0
  fi
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    as_root=sudo
    command -v sudo >/dev/null || { echo "As root, please run: apt-get install$missing" >&2; exit 1; }
  fi
  echo "Installing:$missing (this may take a minute)"
  $as_root apt-get update -qq
  # shellcheck disable=SC2086  # a list of packages
  $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends --no-remove $missing </dev/null >/dev/null
}
