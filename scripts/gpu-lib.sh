# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Sourced by the scripts gpu-*: where things are, in a bundle (scripts/bundle) or in a source tree
# after scripts/build and `make check'.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
install=$top
build=$top
if [ ! -x "$install/bin/curtrace" ]; then
	install=$top/_install
	build=$top/_build
fi
# shellcheck disable=SC2034
curtrace=$install/bin/curtrace

# find_cudart - the folder of NVIDIA's libcudart.so.13: a toolkit's, or a Python package's
find_cudart()
{
	local dir

	for dir in "${CUDA_HOME:-/usr/local/cuda}/lib64" /usr/local/cuda*/lib64; do
		[ ! -e "$dir/libcudart.so.13" ] || { echo "$dir"; return; }
	done
	dir=$(python3 -c 'import nvidia.cu13, os; print(os.path.join(list(nvidia.cu13.__path__)[0], "lib"))' \
		2>/dev/null) || return 0
	[ ! -e "$dir/libcudart.so.13" ] || echo "$dir"
}

# find_cupti - the path of CUPTI's library, which lies beside the runtime or in a folder of its own
find_cupti()
{
	local dir file

	for dir in "$(find_cudart)" "${CUDA_HOME:-/usr/local/cuda}"/{lib64,lib,extras/CUPTI/lib64} \
		/usr/local/cuda*/{lib64,lib,extras/CUPTI/lib64}; do
		[ ! -e "$dir/libcupti.so.13" ] || { echo "$dir/libcupti.so.13"; return; }
	done
	# A Python package's.
	file=$(python3 -c 'import nvidia, glob
for path in nvidia.__path__:
    for file in sorted(glob.glob(path + "/**/libcupti.so.13", recursive=True)):
        print(file)' 2>/dev/null | head -n 1)
	[ -z "$file" ] || echo "$file"
}
