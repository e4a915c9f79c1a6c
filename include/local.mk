# SPDX-License-Identifier: Apache-2.0
#
# What the shim and the tools share is not installed: a trace is read with the tools. What a
# program needs that brings its own kernels to the simulated driver is.

pkginclude_HEADERS += %D%/curtrace/sim.h
noinst_HEADERS += \
	%D%/curtrace/event.h \
	%D%/curtrace/json_format.h \
	%D%/curtrace/switches.h \
	%D%/curtrace/trace_format.h
