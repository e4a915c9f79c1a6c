# SPDX-License-Identifier: Apache-2.0
#
# Small stateless helpers. The library is for the tools; of this directory the traced process
# gets arch.h alone, which is all inline (allocation here may end the program).

noinst_LTLIBRARIES += %D%/libutil.la
%C%_libutil_la_SOURCES = \
	%D%/arena.c %D%/arena.h \
	%D%/demangle.c %D%/demangle.h \
	%D%/format.c %D%/format.h \
	%D%/heap.h \
	%D%/map.c %D%/map.h \
	%D%/message.c %D%/message.h \
	%D%/progress.c %D%/progress.h \
	%D%/quantity.c %D%/quantity.h \
	%D%/range_name.h \
	%D%/selector.c %D%/selector.h \
	%D%/similar.c %D%/similar.h \
	%D%/siphash.c %D%/siphash.h \
	%D%/units.c %D%/units.h \
	%D%/utf8.c %D%/utf8.h \
	%D%/xalloc.c %D%/xalloc.h

noinst_HEADERS += \
	%D%/arch.h \
	%D%/arch_aarch64.h \
	%D%/arch_x86_64.h
