# SPDX-License-Identifier: Apache-2.0

# CURTRACE_SQLITE
# ---------------
# What traces of Nsight Systems are read with. Writing such a file needs nothing.
AC_DEFUN([CURTRACE_SQLITE], [
AC_ARG_WITH([sqlite], [AS_HELP_STRING([--without-sqlite],
	[do not read traces of Nsight Systems])], [], [with_sqlite=auto])
curtrace_sqlite=no
AS_IF([test "x$with_sqlite" != xno], [
	PKG_CHECK_MODULES([SQLITE], [sqlite3 >= 3.7.4], [curtrace_sqlite=yes],
		[AS_IF([test "x$with_sqlite" = xyes],
			[AC_MSG_ERROR([--with-sqlite: sqlite3 was not found])])])
])
AS_IF([test $curtrace_sqlite = yes],
	[AC_DEFINE([HAVE_SQLITE], [1], [Define to 1 if libsqlite3 is there to read with.])])
AM_CONDITIONAL([HAVE_SQLITE], [test $curtrace_sqlite = yes])
])
