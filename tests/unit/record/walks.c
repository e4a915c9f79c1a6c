/* SPDX-License-Identifier: Apache-2.0 */
/* See walks.h. */
#include "unit/record/walks.h"

#include <string.h>
#include <sys/mman.h>

#ifdef __clang__ /* makes no clones */
#define noinline __attribute__((noinline))
#else
#define noinline __attribute__((noinline, noclone))
#endif
/* Behind a call, so that it is none that the function ends with. */
#define STAY() __asm__ __volatile__("" : : : "memory")

noinline void walks_plain(walks_inner *inner)
{
	inner();
	STAY();
}

noinline void walks_deep(unsigned int depth, walks_inner *inner)
{
	if (depth == 0)
		inner();
	else
		walks_deep(depth - 1, inner);
	STAY();
}

noinline void walks_alloca(walks_inner *inner)
{
	volatile unsigned int size = 48;
	char *room = __builtin_alloca(size);

	memset(room, 1, size);
	inner();
	__asm__ __volatile__("" : : "r"(room) : "memory");
}

noinline void walks_realigned(walks_inner *inner)
{
	volatile unsigned int size = 48;
	_Alignas(128) char room[256];
	char *more = __builtin_alloca(size);

	memset(room, 1, sizeof(room));
	memset(more, 1, size);
	walks_alloca(inner);
	__asm__ __volatile__("" : : "r"(room), "r"(more) : "memory");
}

#if defined(__x86_64__)
#define BEGIN(name) ".text\n.globl " #name "\n.type " #name ", @function\n" #name ":\n"
#define END(name)   ".size " #name ", . - " #name "\n"

__asm__(BEGIN(walks_no_tables) "push %rbp\nmov %rsp, %rbp\ncall *%rdi\npop %rbp\nret\n" END(
	walks_no_tables));
__asm__(BEGIN(walks_no_tables_bad_fp) "push %rbp\nmov $0x41414140, %rbp\n"
				      "call *%rdi\npop %rbp\nret\n" END(walks_no_tables_bad_fp));
__asm__(BEGIN(walks_lying_fp) ".cfi_startproc\npush %rbp\n.cfi_def_cfa rbp, 16\n"
			      "mov $0x41414140, %rbp\ncall *%rdi\npop %rbp\nret\n"
			      ".cfi_endproc\n" END(walks_lying_fp));
__asm__(BEGIN(walks_lying_size) ".cfi_startproc\npush %rbp\n.cfi_def_cfa rsp, 1048576\n"
				"call *%rdi\npop %rbp\nret\n.cfi_endproc\n" END(walks_lying_size));
__asm__(BEGIN(walks_loop) ".cfi_startproc\npush %rbp\n.cfi_def_cfa rsp, 0\n"
			  "call *%rdi\npop %rbp\nret\n.cfi_endproc\n" END(walks_loop));

/* sub $8, %rsp; call *%rdi; add $8, %rsp; ret */
static const unsigned char code[] = { 0x48, 0x83, 0xec, 0x08, 0xff, 0xd7,
				      0x48, 0x83, 0xc4, 0x08, 0xc3 };

typedef void run_fn(walks_inner *inner);
static run_fn *made;

walks_inner *walks_code_calls;

static noinline void run_made(void)
{
	made(walks_code_calls);
	STAY();
}

walks_inner *walks_make_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	memcpy(page, code, sizeof(code));
	made = (run_fn *)page;
	return run_made;
}
#endif
