/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canonical calls and shapes as dense numbers. Both sides of a comparison may be loaded at the
 * same time, each by its thread; a side asks once for each call that is new to it.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/diff/side.h"
#include "reader/names.h"
#include "util/map.h"
#include "util/xalloc.h"

struct df_dictionary {
	pthread_mutex_t *lock; /* of its own, so that what is const can be read under it */
	struct ut_map tokens;
	uint32_t ntokens;
	struct rd_names shapes, functions;
	uint32_t *function_of; /* by shape less one */
	size_t nshapes, shapes_capacity;
};

struct df_dictionary *df_dictionary_new(void)
{
	struct df_dictionary *dictionary = ut_xcalloc(1, sizeof(*dictionary));

	dictionary->lock = ut_xmalloc(sizeof(*dictionary->lock));
	pthread_mutex_init(dictionary->lock, NULL);
	return dictionary;
}

void df_dictionary_free(struct df_dictionary *dictionary)
{
	if (!dictionary)
		return;
	ut_map_free(&dictionary->tokens);
	rd_names_free(&dictionary->shapes);
	rd_names_free(&dictionary->functions);
	free(dictionary->function_of);
	pthread_mutex_destroy(dictionary->lock);
	free(dictionary->lock);
	free(dictionary);
}

uint32_t df_dictionary_token(struct df_dictionary *dictionary, uint64_t hash)
{
	uint32_t *known, token;

	pthread_mutex_lock(dictionary->lock);
	known = ut_map_get(&dictionary->tokens, hash);
	token = known ? *known : ++dictionary->ntokens;
	if (!known)
		ut_map_put(&dictionary->tokens, hash, token);
	pthread_mutex_unlock(dictionary->lock);
	return token;
}

static void note_function(struct df_dictionary *dictionary, const char *shape)
{
	size_t length = strcspn(shape, " ");
	char *function = ut_xmalloc(length + 1);

	memcpy(function, shape, length);
	function[length] = '\0';
	ut_grow(&dictionary->function_of, &dictionary->shapes_capacity, dictionary->nshapes,
		sizeof(*dictionary->function_of));
	dictionary->function_of[dictionary->nshapes++] =
		rd_names_number(&dictionary->functions, function);
	free(function);
}

uint32_t df_dictionary_shape(struct df_dictionary *dictionary, const char *text)
{
	uint32_t shape;

	pthread_mutex_lock(dictionary->lock);
	shape = rd_names_number(&dictionary->shapes, text);
	if (shape > dictionary->nshapes)
		note_function(dictionary, text);
	pthread_mutex_unlock(dictionary->lock);
	return shape;
}

const char *df_dictionary_shape_text(const struct df_dictionary *dictionary, uint32_t shape)
{
	const char *text;

	pthread_mutex_lock(dictionary->lock);
	text = rd_names_text(&dictionary->shapes, shape);
	pthread_mutex_unlock(dictionary->lock);
	return text;
}

const char *df_dictionary_shape_function(const struct df_dictionary *dictionary, uint32_t shape)
{
	const char *text = NULL;

	pthread_mutex_lock(dictionary->lock);
	if (shape && shape <= dictionary->nshapes)
		text = rd_names_text(&dictionary->functions, dictionary->function_of[shape - 1]);
	pthread_mutex_unlock(dictionary->lock);
	return text;
}
