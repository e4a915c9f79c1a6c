/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `api` text of this installation: which functions a program is going to have recorded.
 */
#ifndef TOOLS_API_FILE_H
#define TOOLS_API_FILE_H

#include "reader/api_text.h"

/* To be given to rd_api_free. NULL: it is not there or not one, and a message was printed. */
struct rd_api *api_file_read(void);

#endif
