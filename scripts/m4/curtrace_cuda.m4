# SPDX-License-Identifier: Apache-2.0
#
# CURTRACE_CUDA_TOOLKIT
# ---------------------
# Looks for a CUDA toolkit: --with-cuda=DIR, then $CUDA_HOME, then the usual places.
# It serves the tests alone. Sets CUDA_HOME and NVCC (empty without one) and the
# conditional HAVE_CUDA_TOOLKIT. A directory named by the user must be one.
AC_DEFUN([CURTRACE_CUDA_TOOLKIT], [
AC_ARG_WITH([cuda], [AS_HELP_STRING([--with-cuda=DIR],
	[CUDA toolkit for the tests (default: $CUDA_HOME, /usr/local/cuda, /opt/cuda)])],
	[], [with_cuda=auto])
AC_MSG_CHECKING([for a CUDA toolkit])
AS_CASE([$with_cuda],
	[no], [curtrace_cuda_dirs=],
	[auto|yes], [curtrace_cuda_dirs="$CUDA_HOME /usr/local/cuda /opt/cuda"],
	[curtrace_cuda_dirs=$with_cuda])
CUDA_HOME=
NVCC=
for curtrace_dir in $curtrace_cuda_dirs; do
	AS_IF([test -f "$curtrace_dir/include/cuda_runtime_api.h"], [
		CUDA_HOME=$curtrace_dir
		AS_IF([test -x "$curtrace_dir/bin/nvcc"], [NVCC=$curtrace_dir/bin/nvcc])
		break
	])
done
AS_IF([test -n "$CUDA_HOME"], [AC_MSG_RESULT([$CUDA_HOME, nvcc: ${NVCC:-no}])],
	[AC_MSG_RESULT([none])
	AS_CASE([$with_cuda], [no|auto], [],
		[AC_MSG_ERROR([--with-cuda=$with_cuda: no include/cuda_runtime_api.h there])])])
AC_SUBST([CUDA_HOME])
AC_SUBST([NVCC])
AM_CONDITIONAL([HAVE_CUDA_TOOLKIT], [test -n "$CUDA_HOME"])
AM_CONDITIONAL([HAVE_NVCC], [test -n "$NVCC"])
])
