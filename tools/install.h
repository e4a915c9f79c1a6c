/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the parts of this installation lie. They are looked for beside the tool, so that an
 * installation can be moved; CURTRACE_LIBDIR overrides that.
 */
#ifndef TOOLS_INSTALL_H
#define TOOLS_INSTALL_H

#define INSTALL_SHIM   "libcurtrace.so"       /* the preload library */
#define INSTALL_AGENT  "libcurtrace-agent.so" /* the loader's observer */
#define INSTALL_SIM    "sim/libcuda.so.1"     /* the simulated driver */
#define INSTALL_API    "curtrace.api"         /* what the library implements */
#define INSTALL_PYTHON "python"               /* modules that Python finds by PYTHONPATH */
#define INSTALL_RATIOS "nvidia-ratios.tsv"    /* calls beside NVIDIA's, measured */

/* The folder of the libraries, PREFIX/lib/curtrace; NULL if the tool's own place is not known. */
const char *install_libdir(void);

/* Path of a part, to be freed; NULL if it is not there. */
char *install_find(const char *part);

#endif
