# SPDX-License-Identifier: Apache-2.0
#
# What traces tell: pure functions over the reader.

noinst_LTLIBRARIES += %D%/libanalysis.la
%C%_libanalysis_la_SOURCES = \
	%D%/argument.c \
	%D%/effect.h \
	%D%/state.h
%C%_libanalysis_la_CPPFLAGS = $(AM_CPPFLAGS)
