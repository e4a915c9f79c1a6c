/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a device image holds: its kernels and its variables.
 *
 * A CUDA program hands the driver a pointer without a size.  Behind it lies the wrapper that nvcc
 * registers, a bare fatbin, a cubin (an ELF file) or PTX text.  This file is the whole interface
 * to the part of the simulated driver that reads them: one call turns any of the four into a
 * description that owns all its memory, so the caller may unmap the image afterwards.  No code
 * is ever looked at.
 *
 * The rules on which entry of a fatbin is taken and which error answers what were asked of a
 * real driver (R580 on an H100) with images compiled for that purpose.
 */
#ifndef SIM_IMAGE_H
#define SIM_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Results; the numbers are CUresult's. */
enum {
	SIM_IMAGE_OK = 0,
	SIM_IMAGE_NO_MEMORY = 2,
	SIM_IMAGE_INVALID = 200,     /* neither PTX nor a sound cubin or fatbin */
	SIM_IMAGE_NO_BINARY = 209,   /* a cubin for another architecture */
	SIM_IMAGE_BAD_PTX = 218,     /* PTX with errors, or for a newer architecture */
	SIM_IMAGE_PTX_VERSION = 222, /* a PTX version newer than this driver's */
	SIM_IMAGE_UNKNOWN = 999,     /* compressed data that do not unpack */
};

/*
 * Registers a kernel is said to use where the image does not tell: PTX has no allocation yet.
 * Not 0, because callers divide by it to find the occupancy.
 */
#define SIM_IMAGE_NOMINAL_REGS 32

struct sim_image_param {
	uint32_t offset; /* in the parameter block, in bytes */
	uint32_t size;
};

struct sim_image_kernel {
	char *name;
	uint32_t nparams;
	struct sim_image_param *params; /* in order of declaration; NULL if none */
	uint32_t param_size;            /* of the whole block; the end of the last parameter */
	uint32_t max_threads;           /* a block's, from the launch bounds; 0 where not stated */
	uint32_t min_blocks;            /* per multiprocessor; PTX only, 0 where not stated */
	uint32_t req_block[3];          /* the only block shape allowed; 0 where not stated */
	uint32_t cluster[3];            /* the cluster shape compiled in; 0 where not stated */
	bool cluster_must_be_set;       /* launched with a cluster, never without */
	uint32_t max_cluster_rank;      /* blocks in a cluster at most; 0 where not stated */
	uint32_t static_shared;         /* the program's; what the system reserves is not in it */
	uint32_t const_size; /* the module's __constant__ bytes, as the driver tells it */
	uint32_t local_size; /* per thread */
	uint32_t regs;       /* per thread */
	int ptx_version;     /* 80 for compute_80 */
	int binary_version;  /* 90 for sm_90; the device's, where compiled from PTX */
};

struct sim_image_global {
	char *name;
	uint64_t size;
	uint32_t align;   /* a power of two */
	bool is_constant; /* __constant__ */
	bool is_managed;  /* __managed__ */
	void *init;       /* size bytes, or NULL: all zero */
};

struct sim_image {
	/* in the order in which the driver lists them */
	struct sim_image_kernel *kernels;
	uint32_t nkernels;
	struct sim_image_global *globals;
	uint32_t nglobals;
	uint32_t const_size;
	/*
	 * A sound fatbin without code for this device: nothing is in the image.  The driver loads
	 * it as a library; cuModuleLoadData and each later look-up answer 209.
	 */
	bool no_code;
	bool relocatable; /* a cubin that still wants linking */
	bool from_ptx;    /* at least one part was compiled just in time */
};

/*
 * Reads the image at data for a device of architecture sm (90 for compute capability 9.0).
 * Answers one of the results above; *out is set only with SIM_IMAGE_OK.  Where headers claim more
 * than the pages mapped behind data can hold, the image is invalid rather than a crash.
 */
int sim_image_parse(const void *data, int sm, struct sim_image **out);

/* The same for an image whose size is known. */
int sim_image_parse_sized(const void *data, size_t size, int sm, struct sim_image **out);

/*
 * What cuLibraryLoadData answers for an image that sim_image_parse answered result for.  It looks
 * no further than it must: nearly every fault is held back until something is looked up in the
 * library, which then has no kernels and answers with result.  cuModuleLoadData answers result.
 */
int sim_image_library_result(const void *data, int result);

/* The named kernel or variable, or NULL. */
const struct sim_image_kernel *sim_image_find_kernel(const struct sim_image *image,
						     const char *name);
const struct sim_image_global *sim_image_find_global(const struct sim_image *image,
						     const char *name);

/* Frees the image and all it holds; NULL is allowed. */
void sim_image_free(struct sim_image *image);

#endif
