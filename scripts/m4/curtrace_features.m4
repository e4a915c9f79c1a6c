# SPDX-License-Identifier: Apache-2.0

# CURTRACE_LIBUNWIND
# ------------------
# The witness of the unit tests for call stacks, opened at run time; nothing else needs it.
AC_DEFUN([CURTRACE_LIBUNWIND], [
AC_ARG_WITH([libunwind], [AS_HELP_STRING([--without-libunwind],
	[do not compare call stacks with it in the tests])], [], [with_libunwind=auto])
curtrace_libunwind=no
AS_IF([test "x$with_libunwind" != xno], [
	PKG_CHECK_MODULES([LIBUNWIND], [libunwind], [curtrace_libunwind=yes],
		[AS_IF([test "x$with_libunwind" = xyes],
			[AC_MSG_ERROR([--with-libunwind: libunwind was not found])])])
])
AS_IF([test $curtrace_libunwind = yes],
	[AC_DEFINE([HAVE_LIBUNWIND], [1], [Define to 1 if libunwind is there as a witness of call stacks.])])
AM_CONDITIONAL([HAVE_LIBUNWIND], [test $curtrace_libunwind = yes])
])

# CURTRACE_CHECK
# --------------
# The unit test framework. Without it everything builds, and `make check' runs the rest.
AC_DEFUN([CURTRACE_CHECK], [
curtrace_check=no
PKG_CHECK_MODULES([CHECK], [check >= 0.15], [curtrace_check=yes],
	[AC_MSG_WARN([Check was not found: unit tests will not be built])])
AM_CONDITIONAL([HAVE_CHECK], [test $curtrace_check = yes])
])

# CURTRACE_WERROR
# ---------------
# Applied through a variable of our own, so that configure's own probes keep working.
AC_DEFUN([CURTRACE_WERROR], [
AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [treat warnings as errors])],
	[], [enable_werror=no])
WERROR_CFLAGS=
AS_IF([test "x$enable_werror" != xno], [WERROR_CFLAGS=-Werror])
AC_SUBST([WERROR_CFLAGS])
])

# CURTRACE_SANITIZERS
# -------------------
# Sets SANITIZERS (the list, for the tests), SANITIZER_CFLAGS (compile and link) and
# SO_DEFS_LDFLAGS. Clang leaves a shared object's references to the sanitizer run time
# undefined, so that -z defs cannot be asked for there; gcc links the run time in.
AC_DEFUN([CURTRACE_SANITIZERS], [
AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers=LIST],
	[comma-separated list for -fsanitize=: address, undefined, thread])],
	[], [enable_sanitizers=no])
SANITIZERS=
SANITIZER_CFLAGS=
SO_DEFS_LDFLAGS='-Wl,-z,defs'
AS_CASE([$enable_sanitizers],
	[no], [],
	[yes], [SANITIZERS=address,undefined],
	[SANITIZERS=$enable_sanitizers])
AS_IF([test -n "$SANITIZERS"], [
	SANITIZER_CFLAGS="-fsanitize=$SANITIZERS -fno-omit-frame-pointer -fno-sanitize-recover=all"
	curtrace_saved_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS $SANITIZER_CFLAGS"
	AC_MSG_CHECKING([whether $CC supports -fsanitize=$SANITIZERS])
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [AC_MSG_RESULT([yes])],
		[AC_MSG_RESULT([no])
		AC_MSG_ERROR([--enable-sanitizers=$SANITIZERS does not work with $CC])])
	AC_MSG_CHECKING([whether $CC is clang])
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#ifndef __clang__
#error not clang
#endif]], [])], [AC_MSG_RESULT([yes])
		SO_DEFS_LDFLAGS=], [AC_MSG_RESULT([no])])
	CFLAGS=$curtrace_saved_CFLAGS
])
AC_SUBST([SANITIZERS])
AC_SUBST([SANITIZER_CFLAGS])
AC_SUBST([SO_DEFS_LDFLAGS])
AM_CONDITIONAL([SANITIZED], [test -n "$SANITIZERS"])
])
