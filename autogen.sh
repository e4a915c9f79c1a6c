#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes configure and Makefile.in. Needed once in a fresh checkout (scripts/build does it);
# afterwards `make' renews them by itself. A release tarball has them.
set -eu
cd "$(dirname "$0")"
for tool in autoreconf automake libtoolize pkg-config; do
	command -v "$tool" >/dev/null || {
		echo "autogen.sh: $tool is missing; scripts/build installs what is needed" >&2
		exit 1
	}
done
mkdir -p scripts/build-aux
exec autoreconf --install --force "$@"
