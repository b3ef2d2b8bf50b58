#!/bin/sh
# pkg_config.sh LIBDIR COMPILER [FLAG...]: builds and runs main.cpp with the flags that the installed FineTuning.pc gives.
set -eu
libdir=$1
shift
export PKG_CONFIG_PATH="$libdir/pkgconfig"
pkg-config --static --libs FineTuning
# Word splitting makes the flags: they hold no spaces of their own.
"$@" -std=c++20 "$(dirname "$0")/main.cpp" -o pkg_config_consumer $(pkg-config --cflags --libs FineTuning)
LD_LIBRARY_PATH="$libdir" ./pkg_config_consumer
