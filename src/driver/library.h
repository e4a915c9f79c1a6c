/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's library file: finding it and its functions. For driver.c alone. */
#ifndef DRIVER_LIBRARY_H
#define DRIVER_LIBRARY_H

#include <stdbool.h>

#include "driver/driver.h"

/*
 * Opens the library, fills drv and sets *version (0 if unknown). DRV_OK, DRV_STUB_LIBRARY or
 * DRV_INSUFFICIENT; the caller sees to it that only one thread is in here.
 */
int drv_library_open(int *version);

/* Whether that has begun: what is mapped then may be what is being opened here. */
bool drv_library_is_opened(void);

/*
 * For src/hook, which may have put functions of its own in the place of the library's by the time
 * that it is opened here. Its functions are given for whatever was found.
 */
struct drv_interposer {
	/* The library's own function for one of hook's; any other address as it is. */
	void *(*original)(void *found);
	/* NULL, or what the runtime is to call for the driver's function of that name. */
	void *(*wrapper)(const char *name, int version, int per_thread, void *found);
	/* The library's look-up functions, answering with what the program is to call. */
	__typeof__(drv.cuGetProcAddress) look_up;
	__typeof__(drv.cuGetProcAddress_v11030) look_up_v11030;
};

/* From then on; nothing that was found before changes. */
void drv_interpose(const struct drv_interposer *interposer);

#endif /* DRIVER_LIBRARY_H */
