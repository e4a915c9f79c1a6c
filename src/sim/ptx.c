/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads PTX modules: kernels with their parameters, launch bounds, shared and local memory, and
 * the module's variables.  Instructions are cut into tokens and passed over: a text that is well
 * formed around bodies of nonsense is accepted here and not by NVIDIA's assembler.  Nor are names
 * resolved: a call of a function that is defined nowhere is no error here.
 *
 *	module	.version 9.0 .target sm_90 .address_size 64 {linkage statement}
 *	kernel	.entry name(params) {bound} { body }, or a semicolon for the body
 *	bound	.maxntid 256, 1, 1 and other words with numbers
 */
#include "sim/ptx.h"

#include <stdlib.h>
#include <string.h>

#include "sim/fatbin.h"
#include "sim/image_build.h"
#include "sim/ptx_decl.h"

/* A 13.0 driver knows PTX up to 9.0; later minor versions are let through, being harmless here. */
#define NEWEST_PTX_MAJOR 9
#define OLDEST_TARGET    10

/*
 * A .shared variable of the module, which takes space in the kernels that name it.  Those that only
 * call a function that names it are not charged: that would take the call graph.
 */
struct shared {
	const char *name;
	size_t length;
	uint64_t size;
	uint32_t align;
};

/* A text under way. The shared list points into it. */
struct module {
	struct sim_ptx_parser parser;
	struct sim_image *image;
	int sm;     /* the device's */
	int target; /* the text's */
	struct shared *shared;
	uint32_t nshared;
};

static const struct sim_ptx_token *next(const struct module *module)
{
	return &module->parser.token;
}

static void advance(struct module *module)
{
	sim_ptx_advance(&module->parser);
}

static bool accept(struct module *module, char mark)
{
	return sim_ptx_accept(&module->parser, mark);
}

static bool accept_directive(struct module *module, const char *name)
{
	if (!sim_ptx_is(next(module), name))
		return false;
	advance(module);
	return true;
}

/* Also where there is no token: every loop over tokens must stop there. */
static bool is_end(const struct module *module)
{
	return next(module)->kind == SIM_PTX_END || next(module)->kind == SIM_PTX_ERROR;
}

/*
 * Adds a block of memory behind those before it.  The just-in-time compiler may order blocks with
 * less padding; what it makes of one block, and of several of one alignment, is the same.
 */
static uint64_t place(uint64_t total, uint64_t size, uint32_t align)
{
	return sim_ptx_round_up(total, align) + size;
}

/* Sums of sizes of a damaged text, where any number is as good. */
static uint32_t clamp(uint64_t value)
{
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

/* Text that does not begin this way is not taken for PTX at all: 200, not 218. */
static int read_version(struct module *module)
{
	char *minor;
	char text[16] = "";

	if (!accept_directive(module, "version"))
		return SIM_IMAGE_INVALID;
	if (next(module)->kind != SIM_PTX_REAL || next(module)->length >= sizeof(text))
		return SIM_IMAGE_BAD_PTX;
	memcpy(text, next(module)->text, next(module)->length);
	if (strtol(text, &minor, 10) > NEWEST_PTX_MAJOR)
		return SIM_IMAGE_PTX_VERSION;
	advance(module);
	return *minor == '.' ? SIM_IMAGE_OK : SIM_IMAGE_BAD_PTX;
}

/* sm_90 runs on everything later, sm_90a on a 9.0 alone, sm_100f on 10.x. */
static bool target_fits(struct module *module, const struct sim_ptx_token *token)
{
	char suffix;
	size_t i;

	module->target = 0;
	for (i = 3; i < token->length && module->target < 1000; i++) {
		if (token->text[i] < '0' || token->text[i] > '9')
			break;
		module->target = module->target * 10 + (token->text[i] - '0');
	}
	suffix = i < token->length ? token->text[i] : '\0';
	if (suffix == 'a')
		return module->target == module->sm;
	if (suffix == 'f')
		return sim_fatbin_cubin_fits(module->target, module->sm);
	return !suffix && module->target >= OLDEST_TARGET && module->target <= module->sm;
}

/* A list of one architecture and of modes that do not matter here. */
static int read_target(struct module *module)
{
	bool fits = false;

	if (!accept_directive(module, "target"))
		return SIM_IMAGE_BAD_PTX;
	do {
		const struct sim_ptx_token *token = next(module);

		if (token->kind != SIM_PTX_NAME)
			return SIM_IMAGE_BAD_PTX;
		if (token->length > 3 && !memcmp(token->text, "sm_", 3))
			fits = target_fits(module, token);
		advance(module);
	} while (accept(module, ','));
	return fits ? SIM_IMAGE_OK : SIM_IMAGE_BAD_PTX;
}

/* Optional; 32-bit code is gone since CUDA 9. */
static int read_address_size(struct module *module)
{
	uint64_t bits;

	if (!accept_directive(module, "address_size"))
		return SIM_IMAGE_OK;
	if (!sim_ptx_integer(&module->parser, &bits) || bits != 64)
		return SIM_IMAGE_BAD_PTX;
	return SIM_IMAGE_OK;
}

/* Constants share one bank, in the order of declaration. */
static int add_global(struct module *module, const struct sim_ptx_decl *decl, bool constant)
{
	struct sim_image_global *global;

	global = sim_image_add_global(module->image, decl->name, decl->name_length);
	if (!global)
		return SIM_IMAGE_NO_MEMORY;
	global->size = decl->size;
	global->align = decl->align;
	global->is_constant = constant;
	global->is_managed = decl->managed;
	if (constant)
		module->image->const_size =
			clamp(place(module->image->const_size, decl->size, decl->align));
	return decl->init_size ? sim_image_set_init(global, decl->init, decl->init_size)
			       : SIM_IMAGE_OK;
}

static int add_shared(struct module *module, const struct sim_ptx_decl *decl)
{
	struct shared *grown =
		realloc(module->shared, (module->nshared + 1) * sizeof(*module->shared));

	if (!grown)
		return SIM_IMAGE_NO_MEMORY;
	module->shared = grown;
	module->shared[module->nshared++] = (struct shared){
		.name = decl->name,
		.length = decl->name_length,
		.size = decl->size,
		.align = decl->align,
	};
	return SIM_IMAGE_OK;
}

enum space {
	SPACE_GLOBAL,
	SPACE_CONST,
	SPACE_SHARED,
	SPACE_OTHER, /* .local, .reg, .tex: of no interest in a module */
};

/* Other spaces have been parsed for their syntax only. */
static int keep_variable(struct module *module, const struct sim_ptx_decl *decl, enum space space,
			 bool external)
{
	/* Somebody else's variable, or the launch's dynamic shared memory. */
	if (external || decl->opaque || space == SPACE_OTHER)
		return SIM_IMAGE_OK;
	if (space == SPACE_SHARED)
		return add_shared(module, decl);
	return add_global(module, decl, space == SPACE_CONST);
}

/* One declaration of the module, to its semicolon. */
static int read_variables(struct module *module, enum space space, bool external)
{
	struct sim_ptx_decl decl;
	int rc = sim_ptx_decl_head(&module->parser, &decl);
	uint32_t align = decl.align;

	while (!rc) {
		decl.align = align;
		rc = sim_ptx_decl_name(&module->parser, &decl);
		if (rc)
			break;
		rc = sim_ptx_decl_init(&module->parser, &decl);
		if (!rc)
			rc = keep_variable(module, &decl, space, external);
		free(decl.init);
		if (!accept(module, ','))
			break;
	}
	if (!rc && !accept(module, ';'))
		rc = SIM_IMAGE_BAD_PTX;
	return rc;
}

static int add_param(struct sim_image_kernel *kernel, const struct sim_ptx_decl *decl)
{
	uint64_t offset = sim_ptx_round_up(kernel->param_size, decl->align);
	struct sim_image_param *grown;

	/* No kernel may have more than 32764 bytes of parameters, or parameters of no size. */
	if (offset + decl->size > UINT16_MAX || !decl->size)
		return SIM_IMAGE_BAD_PTX;
	grown = realloc(kernel->params, (kernel->nparams + 1) * sizeof(*grown));
	if (!grown)
		return SIM_IMAGE_NO_MEMORY;
	kernel->params = grown;
	grown[kernel->nparams++] = (struct sim_image_param){
		.offset = (uint32_t)offset,
		.size = (uint32_t)decl->size,
	};
	kernel->param_size = (uint32_t)(offset + decl->size);
	return SIM_IMAGE_OK;
}

/* The list may be missing altogether.  Parameters follow one another at their own alignment. */
static int read_params(struct module *module, struct sim_image_kernel *kernel)
{
	struct sim_ptx_decl decl;
	int rc = SIM_IMAGE_OK;

	if (!accept(module, '(') || accept(module, ')'))
		return SIM_IMAGE_OK;
	do {
		if (!accept_directive(module, "param"))
			return SIM_IMAGE_BAD_PTX;
		rc = sim_ptx_decl_head(&module->parser, &decl);
		if (!rc)
			rc = sim_ptx_decl_name(&module->parser, &decl);
		if (!rc)
			rc = add_param(kernel, &decl);
	} while (!rc && accept(module, ','));
	if (!rc && !accept(module, ')'))
		rc = SIM_IMAGE_BAD_PTX;
	return rc;
}

/*
 * The bound on threads is a shape that counts as its product.  A required block is not a bound: the
 * driver tells 1024 threads for such a kernel.  .reqnctapercluster alone does not demand a cluster
 * at the launch, .explicitcluster does.
 */
static void apply_bound(struct sim_image_kernel *kernel, const struct sim_ptx_token *name,
			const uint32_t values[3], unsigned count)
{
	uint32_t shape[3] = { 1, 1, 1 };

	memcpy(shape, values, count * sizeof(shape[0]));
	if (sim_ptx_is(name, "maxntid"))
		kernel->max_threads = shape[0] * shape[1] * shape[2];
	else if (sim_ptx_is(name, "reqntid"))
		memcpy(kernel->req_block, shape, sizeof(shape));
	else if (sim_ptx_is(name, "minnctapersm"))
		kernel->min_blocks = shape[0];
	else if (sim_ptx_is(name, "reqnctapercluster"))
		memcpy(kernel->cluster, shape, sizeof(shape));
	else if (sim_ptx_is(name, "explicitcluster"))
		kernel->cluster_must_be_set = true;
	else if (sim_ptx_is(name, "maxclusterrank"))
		kernel->max_cluster_rank = shape[0];
}

/*
 * The directives between parameters and body: each a word and perhaps some values.  Words that are
 * not known here (.maxnreg, .noreturn, later ones) change nothing that can be seen.
 */
static void read_bounds(struct module *module, struct sim_image_kernel *kernel)
{
	while (next(module)->kind == SIM_PTX_DIRECTIVE) {
		struct sim_ptx_token name = *next(module);
		uint32_t values[3] = { 0 };
		unsigned count = 0;

		advance(module);
		while (next(module)->kind == SIM_PTX_INTEGER ||
		       next(module)->kind == SIM_PTX_STRING) {
			if (count < 3 && next(module)->kind == SIM_PTX_INTEGER)
				values[count++] = clamp(next(module)->bits);
			advance(module);
			if (!accept(module, ','))
				break;
		}
		accept(module, ';');
		apply_bound(kernel, &name, values, count);
	}
}

/*
 * Inside a body: memory that the compiler moved here because this kernel alone uses it.  Dynamic
 * shared memory has no size and adds nothing.
 */
static int read_body_variables(struct module *module, struct sim_image_kernel *kernel, bool shared)
{
	uint32_t *total = shared ? &kernel->static_shared : &kernel->local_size;
	struct sim_ptx_decl decl;
	int rc = sim_ptx_decl_head(&module->parser, &decl);
	uint32_t align = decl.align;

	while (!rc) {
		decl.align = align;
		rc = sim_ptx_decl_name(&module->parser, &decl);
		if (rc)
			break;
		*total = clamp(place(*total, decl.size, decl.align));
		if (!accept(module, ','))
			break;
	}
	if (!rc && !accept(module, ';'))
		rc = SIM_IMAGE_BAD_PTX;
	return rc;
}

/* Counts a .shared variable of the module the first time this kernel's body names it. */
static void use_shared(struct module *module, struct sim_image_kernel *kernel, bool *used)
{
	const struct sim_ptx_token *token = next(module);

	for (uint32_t i = 0; i < module->nshared; i++) {
		const struct shared *shared = &module->shared[i];

		if (used[i] || shared->length != token->length ||
		    memcmp(shared->name, token->text, token->length))
			continue;
		used[i] = true;
		kernel->static_shared =
			clamp(place(kernel->static_shared, shared->size, shared->align));
	}
}

/*
 * A body up to its closing brace.  kernel: NULL for functions and sections, where nothing is
 * kept.  The .shared of ld.shared or ld.volatile.shared follows a word, that of a declaration a
 * mark, or a number where there is a .loc before it, which has no end of its own.
 */
static int read_body(struct module *module, struct sim_image_kernel *kernel, bool *used)
{
	unsigned depth = 1;
	enum sim_ptx_kind before = SIM_PTX_MARK;

	while (depth) {
		const struct sim_ptx_token *token = next(module);
		bool shared = sim_ptx_is(token, "shared");

		if (is_end(module))
			return SIM_IMAGE_BAD_PTX;
		if (kernel && before != SIM_PTX_NAME && before != SIM_PTX_DIRECTIVE &&
		    (shared || sim_ptx_is(token, "local"))) {
			int rc;

			advance(module);
			rc = read_body_variables(module, kernel, shared);
			if (rc)
				return rc;
			before = SIM_PTX_MARK;
			continue;
		}
		if (kernel && token->kind == SIM_PTX_NAME)
			use_shared(module, kernel, used);
		before = token->kind;
		depth += sim_ptx_is_mark(token, '{');
		depth -= sim_ptx_is_mark(token, '}');
		advance(module);
	}
	return SIM_IMAGE_OK;
}

/* used: which of the module's shared variables this kernel has been charged for. */
static int read_kernel_body(struct module *module, struct sim_image_kernel *kernel)
{
	bool *used = calloc(module->nshared + 1, sizeof(*used));
	int rc;

	if (!used)
		return SIM_IMAGE_NO_MEMORY;
	rc = read_body(module, kernel, used);
	free(used);
	return rc;
}

/* A kernel from its name on.  It stays valid throughout: none is added before its end. */
static int read_entry(struct module *module)
{
	struct sim_image_kernel *kernel;
	int rc;

	if (next(module)->kind != SIM_PTX_NAME)
		return SIM_IMAGE_BAD_PTX;
	kernel = sim_image_add_kernel(module->image, next(module)->text, next(module)->length);
	if (!kernel)
		return SIM_IMAGE_NO_MEMORY;
	kernel->ptx_version = module->target;
	kernel->binary_version = module->sm;
	kernel->regs = SIM_IMAGE_NOMINAL_REGS;
	advance(module);
	rc = read_params(module, kernel);
	if (rc)
		return rc;
	read_bounds(module, kernel);
	if (accept(module, '{'))
		return read_kernel_body(module, kernel);
	/* A mere announcement: the definition follows, or is another module's. */
	sim_image_drop_kernel(module->image);
	return accept(module, ';') ? SIM_IMAGE_OK : SIM_IMAGE_BAD_PTX;
}

/* A function's head has no braces; it ends with its body, or with a semicolon if it has none. */
static int skip_function(struct module *module)
{
	while (!is_end(module)) {
		if (accept(module, ';'))
			return SIM_IMAGE_OK;
		if (accept(module, '{'))
			return read_body(module, NULL, NULL);
		advance(module);
	}
	return SIM_IMAGE_BAD_PTX;
}

/* .file 1 "a.cu", 12, 34 and the like: values up to the next directive. */
static void skip_values(struct module *module)
{
	while (next(module)->kind == SIM_PTX_INTEGER || next(module)->kind == SIM_PTX_STRING ||
	       next(module)->kind == SIM_PTX_NAME || sim_ptx_is_mark(next(module), ',') ||
	       sim_ptx_is_mark(next(module), ';'))
		advance(module);
}

/* .section .debug_info { ... }: data for a debugger. */
static int skip_section(struct module *module)
{
	if (next(module)->kind != SIM_PTX_DIRECTIVE && next(module)->kind != SIM_PTX_NAME)
		return SIM_IMAGE_BAD_PTX;
	advance(module);
	return accept(module, '{') ? read_body(module, NULL, NULL) : SIM_IMAGE_BAD_PTX;
}

/* One of the module's own statements; anything unknown is an error, as to the assembler. */
static int read_statement(struct module *module, bool external)
{
	if (accept_directive(module, "entry"))
		return read_entry(module);
	if (accept_directive(module, "func"))
		return skip_function(module);
	if (accept_directive(module, "global"))
		return read_variables(module, SPACE_GLOBAL, external);
	if (accept_directive(module, "const"))
		return read_variables(module, SPACE_CONST, external);
	if (accept_directive(module, "shared"))
		return read_variables(module, SPACE_SHARED, external);
	if (accept_directive(module, "local") || accept_directive(module, "reg") ||
	    accept_directive(module, "tex"))
		return read_variables(module, SPACE_OTHER, external);
	if (accept_directive(module, "section"))
		return skip_section(module);
	if (accept_directive(module, "file") || accept_directive(module, "loc") ||
	    accept_directive(module, "pragma") || accept_directive(module, "alias") ||
	    accept_directive(module, "ident")) {
		skip_values(module);
		return SIM_IMAGE_OK;
	}
	return SIM_IMAGE_BAD_PTX;
}

/* Linkage matters for one thing: what is .extern is not here. */
static int read_statements(struct module *module)
{
	int rc = SIM_IMAGE_OK;

	while (!rc && next(module)->kind != SIM_PTX_END) {
		bool external = false;

		for (;;) {
			if (accept_directive(module, "extern"))
				external = true;
			else if (!accept_directive(module, "visible") &&
				 !accept_directive(module, "weak") &&
				 !accept_directive(module, "common"))
				break;
		}
		rc = read_statement(module, external);
	}
	return rc;
}

int sim_ptx_parse(const void *data, size_t size, int sm, struct sim_image *image)
{
	struct module module = { .image = image, .sm = sm };
	int rc;

	module.parser.lexer.at = data;
	module.parser.lexer.end = (const char *)data + strnlen(data, size);
	advance(&module);
	rc = read_version(&module);
	if (!rc)
		rc = read_target(&module);
	if (!rc)
		rc = read_address_size(&module);
	if (!rc)
		rc = read_statements(&module);
	free(module.shared);
	if (rc)
		return rc;
	image->from_ptx = true;
	/* The just-in-time compiler lists the kernels last first. */
	sim_image_reverse_kernels(image);
	for (uint32_t i = 0; i < image->nkernels; i++)
		image->kernels[i].const_size = image->const_size;
	return SIM_IMAGE_OK;
}
