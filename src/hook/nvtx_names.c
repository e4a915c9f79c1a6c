/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains, registered strings, names of categories and threads. Slow paths: they allocate. Lists
 * only ever grow at their heads, without a lock, so that a child forked at any moment has whole
 * ones; what two threads register at once is there twice, which costs a definition.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hook/nvtx.h"
#include "record/define.h"

/* Of a name, longer ones are cut. */
#define NAME_MAX_BYTES 4096

#define BUCKETS 256 /* a power of two */

static struct {
	struct nvtx_name *domains;
	struct nvtx_name *strings[BUCKETS];
	struct nvtx_name *categories; /* .number: of the category */
	uint32_t ndomains, nstrings;
	bool opened; /* by this process, or by one that it was forked from */
} names;

size_t nvtx_narrow(char *to, size_t size, const wchar_t *wide)
{
	size_t at = 0;

	for (; *wide && at < size; wide++) {
		uint32_t c = (uint32_t)*wide;
		unsigned char bytes[4];
		unsigned int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

		if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
			c = 0xfffd, n = 3;
		for (unsigned int i = n; --i > 0; c >>= 6)
			bytes[i] = (unsigned char)(0x80 | (c & 0x3f));
		bytes[0] = (unsigned char)(n == 1 ? c : (0xf00u >> n & 0xf0) | c);
		for (unsigned int i = 0; i < n && at < size; i++)
			to[at++] = (char)bytes[i];
	}
	return at;
}

/* A line of a definition holds neither a newline nor half a character at its end. */
static size_t clean(char *text, size_t length, bool cut)
{
	size_t begin = length;

	while (cut && begin > 0 && length - begin < 4 && (text[--begin] & 0xc0) == 0x80)
		;
	if (cut && length && text[begin] & 0x80)
		length = begin;
	for (size_t i = 0; i < length; i++)
		if (text[i] == '\n' || text[i] == '\r')
			text[i] = ' ';
	return length;
}

static struct nvtx_name *new_name(const char *text, const wchar_t *wide)
{
	char buffer[NAME_MAX_BYTES];
	struct nvtx_name *name;
	size_t length;

	if (wide)
		length = nvtx_narrow(buffer, sizeof(buffer), wide);
	else
		length = strnlen(text, sizeof(buffer));
	if (!wide)
		memcpy(buffer, text, length);
	length = clean(buffer, length, length == sizeof(buffer));
	name = malloc(sizeof(*name) + length + 1);
	if (!name)
		return NULL;
	*name = (struct nvtx_name){ .length = length };
	memcpy(name->text, buffer, length);
	name->text[length] = '\0';
	return name;
}

static struct nvtx_name *find(struct nvtx_name *const *list, const struct nvtx_name *like)
{
	struct nvtx_name *name = __atomic_load_n(list, __ATOMIC_ACQUIRE);

	while (name && (name->domain != like->domain || name->length != like->length ||
			memcmp(name->text, like->text, like->length) != 0))
		name = name->next;
	return name;
}

static void add(struct nvtx_name **list, struct nvtx_name *name)
{
	name->next = __atomic_load_n(list, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(list, &name->next, name, true, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
}

static uint32_t hash(const struct nvtx_name *name)
{
	uint32_t h = name->domain + 2166136261u;

	for (size_t i = 0; i < name->length; i++)
		h = (h ^ (unsigned char)name->text[i]) * 16777619u;
	return h ^ h >> 16;
}

/* ---- definitions ---------------------------------------------------------------------------- */

static void write_down(enum ctr_def_kind kind, uint64_t key, const struct nvtx_name *name)
{
	const struct rec_piece pieces[] = {
		{ .text = "name=", .size = 5 },
		{ .text = name->text, .size = name->length },
		{ .text = "\n", .size = 1 },
	};

	rec_define(kind, key, pieces, 3);
}

static uint64_t category_key(const struct nvtx_name *category)
{
	return (uint64_t)category->domain << 32 | category->number;
}

/*
 * Before the session is open nothing is written: a process that only names things is none of the
 * trace's.
 */
static void define(enum ctr_def_kind kind, uint64_t key, const struct nvtx_name *name)
{
	if (__atomic_load_n(&names.opened, __ATOMIC_ACQUIRE))
		write_down(kind, key, name);
}

static bool attached;

void hook_nvtx_opened(void)
{
	const struct rec_piece none = { .text = "name=\n", .size = 6 };
	const struct nvtx_name *name;

	__atomic_store_n(&names.opened, true, __ATOMIC_RELEASE);
	if (!attached)
		return;
	/* It says that NVTX is used at all. */
	rec_define(CTR_DEF_NVTX_DOMAIN, 0, &none, 1);
	for (name = names.domains; name; name = name->next)
		write_down(CTR_DEF_NVTX_DOMAIN, name->number, name);
	for (unsigned int i = 0; i < BUCKETS; i++)
		for (name = names.strings[i]; name; name = name->next)
			write_down(CTR_DEF_NVTX_STRING, name->number, name);
	for (name = names.categories; name; name = name->next)
		write_down(CTR_DEF_NVTX_CATEGORY, category_key(name), name);
}

void nvtx_attached(void)
{
	if (attached)
		return;
	attached = true;
	if (names.opened)
		hook_nvtx_opened();
}

/* ---- names ---------------------------------------------------------------------------------- */

const struct nvtx_name *nvtx_domain(const char *text, const wchar_t *wide)
{
	struct nvtx_name *name = text || wide ? new_name(text, wide) : NULL, *known;

	if (!name)
		return NULL;
	known = find(&names.domains, name);
	if (known) {
		free(name);
		return known;
	}
	name->number = __atomic_add_fetch(&names.ndomains, 1, __ATOMIC_RELAXED);
	add(&names.domains, name);
	define(CTR_DEF_NVTX_DOMAIN, name->number, name);
	return name;
}

const char *nvtx_domain_text(uint32_t number)
{
	const struct nvtx_name *name = __atomic_load_n(&names.domains, __ATOMIC_ACQUIRE);

	while (name && name->number != number)
		name = name->next;
	return name ? name->text : "";
}

const struct nvtx_name *nvtx_string(const struct nvtx_name *domain, const char *text,
				    const wchar_t *wide)
{
	struct nvtx_name *name = text || wide ? new_name(text, wide) : NULL, *known, **bucket;

	if (!name)
		return NULL;
	name->domain = nvtx_number(domain);
	bucket = &names.strings[hash(name) & (BUCKETS - 1)];
	known = find(bucket, name);
	if (known) {
		free(name);
		return known;
	}
	name->number = __atomic_add_fetch(&names.nstrings, 1, __ATOMIC_RELAXED);
	add(bucket, name);
	define(CTR_DEF_NVTX_STRING, name->number, name);
	return name;
}

void nvtx_name_category(const struct nvtx_name *domain, uint32_t category, const char *text,
			const wchar_t *wide)
{
	struct nvtx_name *name = text || wide ? new_name(text, wide) : NULL;

	if (!name)
		return;
	name->domain = nvtx_number(domain);
	name->number = category;
	add(&names.categories, name);
	define(CTR_DEF_NVTX_CATEGORY, category_key(name), name);
}

/* Of the trace only if the process is: a thread's name is read anew with its first call. */
void nvtx_name_thread(uint32_t tid, const char *text, const wchar_t *wide)
{
	struct nvtx_name *name = text || wide ? new_name(text, wide) : NULL;

	if (name)
		write_down(CTR_DEF_THREAD, tid, name);
	free(name);
}
