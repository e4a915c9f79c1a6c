# SPDX-License-Identifier: Apache-2.0
#
# The recorder: session, rings, recording path.

noinst_LTLIBRARIES += %D%/librecord.la
%C%_librecord_la_SOURCES = \
	%D%/cfi.c %D%/cfi.h \
	%D%/clock.c %D%/clock.h \
	%D%/control.c %D%/control.h \
	%D%/define.c %D%/define.h \
	%D%/files.c %D%/files.h \
	%D%/flight.c %D%/flight.h \
	%D%/fork.c %D%/fork.h \
	%D%/gates.c %D%/gates.h \
	%D%/guard.c %D%/guard.h \
	%D%/inject.c %D%/inject.h \
	%D%/memory.c %D%/memory.h \
	%D%/module.c %D%/module.h \
	%D%/overflow.c %D%/overflow.h \
	%D%/process.c %D%/process.h \
	%D%/prune.c %D%/prune.h \
	%D%/payload.h \
	%D%/record.h \
	%D%/ring.c %D%/ring.h \
	%D%/rule.h \
	%D%/session.c %D%/session.h \
	%D%/settle.c %D%/settle.h \
	%D%/setup.h \
	%D%/slow.c \
	%D%/stack.c %D%/stack.h \
	%D%/state.h \
	%D%/thread.c %D%/thread.h \
	%D%/walk.c %D%/walk.h
%C%_librecord_la_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
# Thread-local variables without a call to the loader, which would be a second needed library.
%C%_librecord_la_CFLAGS = $(AM_CFLAGS) -ftls-model=initial-exec
