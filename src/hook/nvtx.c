/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of NVTX that are recorded. Marks, pushes and pops: no lock, no allocation, no
 * system call. Levels are counted whether recording is on or not, for a program may look at them.
 *
 * Where a session records only within ranges of a name, their beginnings and ends switch it, in the
 * slow way, before a push and behind a pop are recorded; so the gates that are off meanwhile are
 * not asked about that.
 */
#include "hook/nvtx.h"

#include <string.h>

#include "hook/nvtx_table.h"
#include "record/gates.h"
#include "record/record.h"
#include "util/range_name.h"

/* Domains beyond these have no levels. */
#define DOMAINS 32

/* Initial-exec storage is scarce: a few bytes for each. */
struct levels {
	uint16_t open;   /* pushed and not popped */
	uint16_t wanted; /* the outermost level + 1 of a range that recording is on for; 0: none */
};

static __thread struct levels levels[DOMAINS] __attribute__((tls_model("initial-exec")));

/* Ids of ranges that start and end: a number, and in the lowest bit that recording is on for it. */
static uint64_t last_range;

/* Records that are made here: the payloads of the rows of nvtx.tbl. */
struct put {
	struct rec_call call;
	char *payload;
};

struct attributes_record {
	uint32_t category;
	uint32_t color;
	uint64_t payload;
	uint16_t payload_type; /* and in its highest bit whether there is a color */
	uint16_t domain;
	uint32_t registered;
};

#define HAS_COLOR     0x8000u
#define BEHIND        sizeof(struct attributes_record)
#define TEXT_MESSAGE  88
#define ATTR_MESSAGE  64
#define RANGE_TEXT    80
#define RANGE_MESSAGE 96

_Static_assert(sizeof(struct attributes_record) == 24, "as nvtx.tbl has it");

static inline __attribute__((always_inline)) bool begin(struct put *put, unsigned int id,
							unsigned int ncells, const void *caller)
{
	if (rec_likely(rec_gate(id) == REC_OFF))
		return false;
	if (!rec_begin_plain(&put->call, id, ncells, 0, caller) &&
	    !rec_begin(&put->call, id, ncells, 0, caller))
		return false;
	put->payload = (char *)put->call.cell + CTR_CELL_HEAD_SIZE;
	return true;
}

static inline void end(const struct put *put, int32_t result)
{
	rec_publish(&put->call);
	if (rec_resume(&put->call))
		rec_end(&put->call, rec_counter(), result);
}

/* ---- messages ------------------------------------------------------------------------------- */

static void put_text(char *to, size_t size, const char *text)
{
	size_t length = text ? strnlen(text, size) : 0;

	memcpy(to, text ? text : "", length);
	if (length < size)
		to[length] = '\0';
}

static void put_wide(char *to, size_t size, const wchar_t *wide)
{
	size_t length = wide ? nvtx_narrow(to, size, wide) : 0;

	if (length < size)
		to[length] = '\0';
}

/* A program that was compiled with an earlier NVTX has less. */
static bool has_message(const struct nvtx_attributes *a)
{
	return a && a->size >= sizeof(*a) && a->message.text;
}

static void put_message(char *to, size_t size, const struct nvtx_attributes *a)
{
	int32_t type = has_message(a) ? a->message_type : NVTX_NO_MESSAGE;

	if (type == NVTX_WIDE)
		put_wide(to, size, a->message.wide);
	else if (type == NVTX_REGISTERED)
		put_text(to, size, a->message.registered->text);
	else
		put_text(to, size, type == NVTX_TEXT ? a->message.text : NULL);
}

static void put_attributes(char *to, uint32_t domain, const struct nvtx_attributes *a)
{
	struct attributes_record r = { .domain = (uint16_t)domain };

	if (a && a->size >= offsetof(struct nvtx_attributes, message_type)) {
		r.category = a->category;
		r.color = a->color;
		r.payload = a->payload;
		r.payload_type = (uint16_t)(a->payload_type & 0xff);
		if (a->color_type == NVTX_ARGB)
			r.payload_type |= HAS_COLOR;
		if (has_message(a) && a->message_type == NVTX_REGISTERED)
			r.registered = a->message.registered->number;
	}
	memcpy(to, &r, sizeof(r));
}

static void put_domain(char *payload, uint32_t domain)
{
	const struct attributes_record r = { .domain = (uint16_t)domain };

	memcpy(payload, &r, sizeof(r));
}

static void put_range(char *to, uint64_t range)
{
	memcpy(to, &range, sizeof(range));
}

/* ---- recording within ranges ---------------------------------------------------------------- */

/* The message is compared as a record would hold it, only longer. */
static __attribute__((noinline)) bool wanted_slow(uint32_t domain, const struct nvtx_attributes *a)
{
	char message[CTR_RANGE_NAME + 1];
	const char *wanted = rec_range_name();

	if (!wanted)
		return false;
	message[sizeof(message) - 1] = '\0';
	put_message(message, sizeof(message) - 1, a);
	return ut_range_is(wanted, nvtx_domain_text(domain), message);
}

static inline bool wanted(uint32_t domain, const struct nvtx_attributes *a)
{
	return rec_unlikely(rec_range_by_name()) && wanted_slow(domain, a);
}

static struct nvtx_attributes of_text(const char *text)
{
	return (struct nvtx_attributes){
		.size = sizeof(struct nvtx_attributes),
		.message_type = NVTX_TEXT,
		.message.text = text,
	};
}

static struct nvtx_attributes of_wide(const wchar_t *wide)
{
	return (struct nvtx_attributes){
		.size = sizeof(struct nvtx_attributes),
		.message_type = NVTX_WIDE,
		.message.wide = wide,
	};
}

/* ---- levels --------------------------------------------------------------------------------- */

static inline int push_level(uint32_t domain, const struct nvtx_attributes *a)
{
	struct levels *l = &levels[domain];

	if (rec_unlikely(domain >= DOMAINS || l->open == UINT16_MAX))
		return NVTX_NOT_COUNTED;
	if (wanted(domain, a) && !l->wanted) {
		l->wanted = (uint16_t)(l->open + 1);
		rec_range_count(1);
	}
	return l->open++;
}

static inline int pop_level(uint32_t domain)
{
	struct levels *l = &levels[domain];

	if (rec_unlikely(domain >= DOMAINS))
		return NVTX_NOT_COUNTED;
	return l->open ? --l->open : NVTX_NO_RANGE;
}

static inline void popped(uint32_t domain, int level)
{
	struct levels *l = &levels[domain];

	if (rec_likely(level < 0 || !l->wanted || level + 1 != l->wanted))
		return;
	l->wanted = 0;
	rec_range_count(-1);
}

static uint64_t new_range(uint32_t domain, const struct nvtx_attributes *a)
{
	uint64_t range = __atomic_add_fetch(&last_range, 2, __ATOMIC_RELAXED);

	if (wanted(domain, a)) {
		range |= 1;
		rec_range_count(1);
	}
	return range;
}

static void range_ended(uint64_t range)
{
	if (range & 1)
		rec_range_count(-1);
}

/* ---- the functions -------------------------------------------------------------------------- */

#define CALLER __builtin_return_address(0)

#define TEXTS(MACRO)                              \
	MACRO(A, const char *, put_text, of_text) \
	MACRO(W, const wchar_t *, put_wide, of_wide)

#define MARK(SUFFIX, TYPE, PUT, OF)                               \
	static void on_nvtxMark##SUFFIX(TYPE message)             \
	{                                                         \
		struct put put;                                   \
                                                                  \
		if (!begin(&put, FN_nvtxMark##SUFFIX, 2, CALLER)) \
			return;                                   \
		PUT(put.payload, TEXT_MESSAGE, message);          \
		end(&put, 0);                                     \
	}
TEXTS(MARK)

#define PUSH(SUFFIX, TYPE, PUT, OF)                                    \
	static int on_nvtxRangePush##SUFFIX(TYPE message)              \
	{                                                              \
		const struct nvtx_attributes a = OF(message);          \
		int level = push_level(0, &a);                         \
		struct put put;                                        \
                                                                       \
		if (!begin(&put, FN_nvtxRangePush##SUFFIX, 2, CALLER)) \
			return level;                                  \
		PUT(put.payload, TEXT_MESSAGE, message);               \
		end(&put, level);                                      \
		return level;                                          \
	}
TEXTS(PUSH)

#define START(SUFFIX, TYPE, PUT, OF)                                    \
	static uint64_t on_nvtxRangeStart##SUFFIX(TYPE message)         \
	{                                                               \
		const struct nvtx_attributes a = OF(message);           \
		uint64_t range = new_range(0, &a);                      \
		struct put put;                                         \
                                                                        \
		if (!begin(&put, FN_nvtxRangeStart##SUFFIX, 2, CALLER)) \
			return range;                                   \
		put_range(put.payload, range);                          \
		PUT(put.payload + sizeof(range), RANGE_TEXT, message);  \
		end(&put, 0);                                           \
		return range;                                           \
	}
TEXTS(START)

static inline __attribute__((always_inline)) void mark(unsigned int id, uint32_t domain,
						       const struct nvtx_attributes *a,
						       const void *caller)
{
	struct put put;

	if (!begin(&put, id, 2, caller))
		return;
	put_attributes(put.payload, domain, a);
	put_message(put.payload + BEHIND, ATTR_MESSAGE, a);
	end(&put, 0);
}

static inline __attribute__((always_inline)) int push(unsigned int id, uint32_t domain,
						      const struct nvtx_attributes *a,
						      const void *caller)
{
	int level = push_level(domain, a);
	struct put put;

	if (!begin(&put, id, 2, caller))
		return level;
	put_attributes(put.payload, domain, a);
	put_message(put.payload + BEHIND, ATTR_MESSAGE, a);
	end(&put, level);
	return level;
}

static inline __attribute__((always_inline)) int pop(unsigned int id, uint32_t domain,
						     const void *caller)
{
	int level = pop_level(domain);
	struct put put;

	if (begin(&put, id, 1, caller)) {
		put_domain(put.payload, domain);
		end(&put, level);
	}
	popped(domain, level);
	return level;
}

static inline __attribute__((always_inline)) uint64_t start(unsigned int id, uint32_t domain,
							    const struct nvtx_attributes *a,
							    const void *caller)
{
	uint64_t range = new_range(domain, a);
	struct put put;

	if (!begin(&put, id, 3, caller))
		return range;
	put_attributes(put.payload, domain, a);
	put_range(put.payload + BEHIND, range);
	put_message(put.payload + BEHIND + sizeof(range), RANGE_MESSAGE, a);
	end(&put, 0);
	return range;
}

static inline __attribute__((always_inline)) void stop(unsigned int id, uint32_t domain,
						       uint64_t range, const void *caller)
{
	struct put put;

	if (begin(&put, id, 1, caller)) {
		put_domain(put.payload, domain);
		put_range(put.payload, range);
		end(&put, 0);
	}
	range_ended(range);
}

static void on_nvtxMarkEx(const struct nvtx_attributes *a)
{
	mark(FN_nvtxMarkEx, 0, a, CALLER);
}

static int on_nvtxRangePushEx(const struct nvtx_attributes *a)
{
	return push(FN_nvtxRangePushEx, 0, a, CALLER);
}

static int on_nvtxRangePop(void)
{
	return pop(FN_nvtxRangePop, 0, CALLER);
}

static uint64_t on_nvtxRangeStartEx(const struct nvtx_attributes *a)
{
	return start(FN_nvtxRangeStartEx, 0, a, CALLER);
}

static void on_nvtxRangeEnd(uint64_t range)
{
	stop(FN_nvtxRangeEnd, 0, range, CALLER);
}

static void on_nvtxDomainMarkEx(const struct nvtx_name *domain, const struct nvtx_attributes *a)
{
	mark(FN_nvtxDomainMarkEx, nvtx_number(domain), a, CALLER);
}

static int on_nvtxDomainRangePushEx(const struct nvtx_name *domain, const struct nvtx_attributes *a)
{
	return push(FN_nvtxDomainRangePushEx, nvtx_number(domain), a, CALLER);
}

static int on_nvtxDomainRangePop(const struct nvtx_name *domain)
{
	return pop(FN_nvtxDomainRangePop, nvtx_number(domain), CALLER);
}

static uint64_t on_nvtxDomainRangeStartEx(const struct nvtx_name *domain,
					  const struct nvtx_attributes *a)
{
	return start(FN_nvtxDomainRangeStartEx, nvtx_number(domain), a, CALLER);
}

static void on_nvtxDomainRangeEnd(const struct nvtx_name *domain, uint64_t range)
{
	stop(FN_nvtxDomainRangeEnd, nvtx_number(domain), range, CALLER);
}

/* ---- names ---------------------------------------------------------------------------------- */

static const struct nvtx_name *on_nvtxDomainCreateA(const char *name)
{
	return nvtx_domain(name, NULL);
}

static const struct nvtx_name *on_nvtxDomainCreateW(const wchar_t *name)
{
	return nvtx_domain(NULL, name);
}

/* Other threads may be using it, and another object of the program may have made it too. */
static void on_nvtxDomainDestroy(const struct nvtx_name *domain)
{
	(void)domain;
}

static const struct nvtx_name *on_nvtxDomainRegisterStringA(const struct nvtx_name *domain,
							    const char *text)
{
	return nvtx_string(domain, text, NULL);
}

static const struct nvtx_name *on_nvtxDomainRegisterStringW(const struct nvtx_name *domain,
							    const wchar_t *text)
{
	return nvtx_string(domain, NULL, text);
}

static void on_nvtxDomainNameCategoryA(const struct nvtx_name *domain, uint32_t category,
				       const char *name)
{
	nvtx_name_category(domain, category, name, NULL);
}

static void on_nvtxDomainNameCategoryW(const struct nvtx_name *domain, uint32_t category,
				       const wchar_t *name)
{
	nvtx_name_category(domain, category, NULL, name);
}

static void on_nvtxNameCategoryA(uint32_t category, const char *name)
{
	nvtx_name_category(NULL, category, name, NULL);
}

static void on_nvtxNameCategoryW(uint32_t category, const wchar_t *name)
{
	nvtx_name_category(NULL, category, NULL, name);
}

static void on_nvtxNameOsThreadA(uint32_t tid, const char *name)
{
	nvtx_name_thread(tid, name, NULL);
}

static void on_nvtxNameOsThreadW(uint32_t tid, const wchar_t *name)
{
	nvtx_name_thread(tid, NULL, name);
}

/* ---- NVTX comes ----------------------------------------------------------------------------- */

#define ROW(MODULE, INDEX, NAME) { NVTX_MODULE_##MODULE, INDEX, (nvtx_any_function)on_##NAME },

static const struct {
	int module;
	unsigned int index;
	nvtx_any_function function;
} rows[] = { NVTX_FUNCTIONS(ROW) };

__attribute__((visibility("default"))) int InitializeInjectionNvtx2(nvtx_get_table get_table)
{
	const struct nvtx_callbacks *callbacks = get_table ? get_table(NVTX_TABLE_CALLBACKS) : NULL;
	nvtx_any_function **slots;
	unsigned int count;

	if (!callbacks || callbacks->size < sizeof(*callbacks) || !callbacks->module_functions)
		return 0;
	nvtx_attached();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (callbacks->module_functions(rows[i].module, &slots, &count) &&
		    rows[i].index < count && slots[rows[i].index])
			*slots[rows[i].index] = rows[i].function;
	return 1;
}
