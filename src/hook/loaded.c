/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Called by the loader's observer with the loader's lock held, the first time before any
 * constructor, libc's own included: no allocation, no environment, nothing of the recorder's. What
 * was found is kept in a table and told of later, from the recorder's slow paths.
 */
#include "hook/loaded.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "driver/library.h"
#include "hook/agent.h"
#include "hook/driver_lookup.h"
#include "hook/object.h"
#include "hook/own.h"
#include "hook/settings.h"
#include "hook/static_runtime.h"
#include "hook/symbols.h"

/* Programs have a handful; those beyond are treated, but not told of. */
#define MOST_MODULES 64

struct kept {
	struct hook_module module;
	atomic_bool told;
	char path[512];
	char name[64];
};

static struct kept kept[MOST_MODULES];
static atomic_uint nkept; /* grows under the loader's lock, read by anybody */
static atomic_bool agent_called;

/* ---- objects ------------------------------------------------------------------------------- */

static void keep(const struct hook_module *module, const char *path, const char *name)
{
	unsigned int n = atomic_load_explicit(&nkept, memory_order_relaxed);
	struct kept *k;

	if (n == MOST_MODULES)
		return;
	k = &kept[n];
	k->module = *module;
	snprintf(k->path, sizeof(k->path), "%s", path);
	snprintf(k->name, sizeof(k->name), "%s", name);
	k->module.path = k->path;
	k->module.name = k->name;
	/* Pairs with the acquire in hook_modules_each. */
	atomic_store_explicit(&nkept, n + 1, memory_order_release);
}

/*
 * A runtime of whatever name defines nodes of that name; its functions are those that stand under
 * them, and each becomes ours of the same version. What we do not have is left as it is.
 */
static void *ours_instead(const struct hook_symbols *symbols, size_t i, void *original,
			  void *context)
{
	static const char *const nodes[HOOK_ABIS] = { "libcudart.so.13", "libcudart.so.12",
						      "libcudart.so.11.0" };
	const char *node = hook_symbols_version(symbols, i);

	(void)original;
	for (unsigned int abi = 0; abi < HOOK_ABIS; abi++) {
		if (strcmp(node, nodes[abi]) == 0) {
			*(enum hook_abi *)context = (enum hook_abi)abi;
			return hook_own_entry(hook_symbols_name(symbols, i), (enum hook_abi)abi);
		}
	}
	return NULL;
}

static void take_shared_runtime(const struct hook_symbols *symbols, const char *path)
{
	enum hook_abi abi = HOOK_ABIS;
	struct hook_module module = { .role = HOOK_ROLE_SHARED_RUNTIME, .abi = "", .why = "" };
	int changed = hook_symbols_replace(symbols, ours_instead, &abi);

	module.covered = changed > 0;
	if (abi < HOOK_ABIS)
		module.abi = hook_abi_name(abi);
	if (changed < 0)
		module.why = "the system does not let its symbol table be changed";
	else if (changed == 0)
		module.why = "it is of a version that curtrace does not know";
	keep(&module, path, "");
}

static void take_driver(const struct hook_symbols *symbols, const char *path)
{
	struct hook_module module = { .role = HOOK_ROLE_DRIVER, .abi = "", .why = "" };

	module.why = hook_driver_take(symbols);
	module.covered = !module.why;
	if (!module.why)
		module.why = "";
	keep(&module, path, "");
}

static void take_static_runtime(const char *file, const char *path, uintptr_t base)
{
	struct hook_static_result result;
	struct hook_module module = { .role = HOOK_ROLE_STATIC_RUNTIME, .abi = "", .why = "" };
	struct hook_object object;

	if (!hook_object_open(&object, file, base))
		return;
	hook_static_redirect(&object, hook_own_entry, &result);
	hook_object_close(&object);
	if (result.state == HOOK_STATIC_NONE)
		return;
	module.covered = result.state == HOOK_STATIC_REDIRECTED;
	if (module.covered)
		module.abi = hook_abi_name(result.abi);
	else
		module.why = result.why;
	keep(&module, path, result.name);
}

/*
 * The runtime looks the driver up with dlsym, so whatever has a copy of it imports that: most
 * objects do not, and their files need not be opened. GNU ld numbers no imports in the hash table
 * of a program that exports nothing: of those the name itself is looked for.
 */
static bool may_hold_runtime(const struct hook_symbols *symbols)
{
	static const char wanted[] = "dlsym";

	if (symbols->nsymbols <= 1)
		return memmem(symbols->strings, symbols->strings_size, wanted, sizeof(wanted));
	for (size_t i = 0; i < symbols->nsymbols; i++) {
		if (symbols->symbols[i].st_shndx == SHN_UNDEF &&
		    symbols->symbols[i].st_name < symbols->strings_size &&
		    strcmp(hook_symbols_name(symbols, i), wanted) == 0)
			return true;
	}
	return false;
}

/* An undefined symbol is in no chain of a GNU hash table: the section tells how many there are. */
static void consider(const struct link_map *map)
{
	extern const ElfW(Dyn) own[] __asm__("_DYNAMIC") __attribute__((visibility("hidden")));
	bool program = !map->l_name[0] && !map->l_prev;
	struct hook_symbols symbols;

	if (map->l_ld == own || (!map->l_name[0] && !program) || !hook_symbols_of(&symbols, map))
		return;
	if (hook_settings()->driver && hook_is_driver(&symbols, map))
		take_driver(&symbols, map->l_name);
	if (!hook_settings()->static_runtimes)
		return;
	if (hook_symbols_have_node(&symbols, "libcudart.so."))
		take_shared_runtime(&symbols, map->l_name);
	else if (may_hold_runtime(&symbols))
		take_static_runtime(program ? "/proc/self/exe" : map->l_name,
				    program ? "/proc/self/exe" : map->l_name, map->l_addr);
}

static bool wants_objects(void)
{
	return hook_settings()->static_runtimes || hook_settings()->driver;
}

void curtrace_objects_loaded(const struct link_map *const *maps, unsigned int n,
			     unsigned int missed)
{
	int saved_errno = errno;

	(void)missed;
	atomic_store_explicit(&agent_called, true, memory_order_relaxed);
	for (unsigned int i = 0; i < n && wants_objects(); i++)
		consider(maps[i]);
	/* At the start of the program the first objects are bound already. */
	for (unsigned int i = 0; i < n && hook_settings()->driver; i++)
		hook_driver_rebind(maps[i]);
	errno = saved_errno;
}

bool hook_has_agent(void)
{
	return atomic_load_explicit(&agent_called, memory_order_relaxed);
}

/* Where the kernel has put the program: by its program headers, which say where they lie. */
static bool program_base(uintptr_t *base)
{
	const ElfW(Phdr) *segment = (const void *)getauxval(AT_PHDR);
	size_t n = getauxval(AT_PHNUM);

	for (size_t i = 0; segment && i < n; i++) {
		if (segment[i].p_type == PT_PHDR) {
			*base = (uintptr_t)segment - segment[i].p_vaddr;
			return true;
		}
	}
	return false;
}

/*
 * A driver that the program was linked to is mapped, and its users are bound. What loads one later
 * goes unseen.
 */
static void take_linked_driver(void)
{
	void *program = dlopen(NULL, RTLD_NOW);
	const struct link_map *first = NULL;

	if (!program || dlinfo(program, RTLD_DI_LINKMAP, &first) != 0)
		return;
	for (const struct link_map *map = first; map; map = map->l_next) {
		struct hook_symbols symbols;

		if (hook_symbols_of(&symbols, map) && hook_is_driver(&symbols, map))
			take_driver(&symbols, map->l_name);
	}
	for (const struct link_map *map = first; map; map = map->l_next)
		hook_driver_rebind(map);
	dlclose(program);
}

void hook_program_loaded(void)
{
	int saved_errno = errno;
	uintptr_t base;

	if (!hook_has_agent() && hook_settings()->driver) {
		hook_driver_expect();
		take_linked_driver();
	}
	if (!hook_has_agent() && hook_settings()->static_runtimes && program_base(&base))
		take_static_runtime("/proc/self/exe", "/proc/self/exe", base);
	errno = saved_errno;
}

/* Its symbol table answers with ours from now on; slots of others are the loader's meanwhile. */
static void take_late_driver(const struct link_map *map, bool by_us)
{
	struct hook_module module = { .role = HOOK_ROLE_DRIVER, .abi = "", .why = "" };
	struct hook_symbols symbols;

	if (!hook_symbols_of(&symbols, map) || !hook_is_driver(&symbols, map))
		return;
	module.why = hook_driver_take(&symbols);
	if (!module.why && !by_us)
		module.why = "was in use before that could be seen (LD_AUDIT is not at work)";
	module.covered = !module.why;
	if (!module.why)
		module.why = "";
	keep(&module, map->l_name, "");
}

void hook_driver_appeared(bool by_us)
{
	static atomic_bool taken;
	const struct link_map *map = NULL;
	int saved_errno = errno;
	void *library;

	if (hook_has_agent() || !hook_settings()->driver || hook_driver_is_taken())
		return;
	library = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
	/* Another thread's first call may be loading it for our runtime: it will tell. */
	if (library && (by_us || !drv_library_is_opened()) &&
	    dlinfo(library, RTLD_DI_LINKMAP, &map) == 0 &&
	    !atomic_exchange_explicit(&taken, true, memory_order_relaxed))
		take_late_driver(map, by_us);
	if (library)
		dlclose(library);
	errno = saved_errno;
}

void hook_modules_each(bool again, void (*tell)(const struct hook_module *module))
{
	unsigned int n = atomic_load_explicit(&nkept, memory_order_acquire);

	for (unsigned int i = 0; i < n; i++) {
		if (!atomic_exchange_explicit(&kept[i].told, true, memory_order_relaxed) || again)
			tell(&kept[i].module);
	}
}
