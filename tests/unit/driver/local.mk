# SPDX-License-Identifier: Apache-2.0
#
# The loader, over two builds of a fake libcuda, and the generator of its table.

check_PROGRAMS += %D%/check_driver
TESTS += %D%/check_driver
%C%_check_driver_SOURCES = %D%/check_driver.c
%C%_check_driver_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE \
	-DFAKE_DRIVER='"$(abs_top_builddir)/%D%/.libs/libfakecuda.so"' \
	-DFAKE_OLD_DRIVER='"$(abs_top_builddir)/%D%/.libs/libfakecuda-old.so"'
%C%_check_driver_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_check_driver_LDADD = src/driver/libdriver.la $(CHECK_LIBS)

# -rpath: without one libtool makes no shared object of a library that is not installed.
check_LTLIBRARIES += %D%/libfakecuda.la %D%/libfakecuda-old.la
fakecuda_ldflags = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
%C%_libfakecuda_la_SOURCES = %D%/fake_libcuda.c
%C%_libfakecuda_la_LDFLAGS = $(fakecuda_ldflags)
%C%_libfakecuda_old_la_SOURCES = %D%/fake_libcuda.c
%C%_libfakecuda_old_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAKE_OLD_LOOKUP
%C%_libfakecuda_old_la_LDFLAGS = $(fakecuda_ldflags)

TESTS += %D%/gen-driver.test %D%/typecheck.test
EXTRA_DIST += %D%/gen-driver.test %D%/typecheck.test
