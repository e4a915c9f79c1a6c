/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the file again and again. */
#include "write/json_texts.h"

#include <stdlib.h>

#include "util/xalloc.h"

struct wr_texts *wr_texts_new(void)
{
	return ut_xcalloc(1, sizeof(struct wr_texts));
}

void wr_kept_set(struct wr_kept *text, enum wr_role role, const void *of, const char *written,
		 size_t length)
{
	text->of = NULL;
	if (length > WR_KEPT_MAX)
		return;
	if (length > text->capacity || !text->text) {
		/* Whole steps, for these are copied. */
		text->capacity = (uint32_t)(length + WR_STEP - length % WR_STEP);
		text->text = ut_xrealloc(text->text, text->capacity);
		memset(text->text, 0, text->capacity);
	}
	memcpy(text->text, written, length);
	text->length = (uint32_t)length;
	text->role = (uint32_t)role;
	text->of = of;
}

void wr_texts_forget(struct wr_texts *texts)
{
	for (size_t i = 0; i < WR_TEXTS; i++)
		texts->texts[i].of = NULL;
	for (size_t i = 0; i < WR_CALLERS; i++)
		texts->callers[i].text.of = NULL;
}

void wr_texts_free(struct wr_texts *texts)
{
	for (size_t i = 0; i < WR_TEXTS; i++)
		free(texts->texts[i].text);
	for (size_t i = 0; i < WR_CALLERS; i++)
		free(texts->callers[i].text.text);
	free(texts);
}
