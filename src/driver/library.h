/* SPDX-License-Identifier: Apache-2.0 */
/* The driver's library file: finding it and its functions. For driver.c alone. */
#ifndef DRIVER_LIBRARY_H
#define DRIVER_LIBRARY_H

/*
 * Opens the library, fills drv and sets *version (0 if unknown). DRV_OK, DRV_STUB_LIBRARY or
 * DRV_INSUFFICIENT; the caller sees to it that only one thread is in here.
 */
int drv_library_open(int *version);

#endif /* DRIVER_LIBRARY_H */
