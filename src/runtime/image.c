/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading and unloading of registered images. The driver takes the wrapper itself, of version 1
 * and 2 alike; with the data that it points to, an image that was linked from several translation
 * units and holds only PTX gives a library without kernels (seen on an H200).
 */
#include "runtime/image.h"

#include <pthread.h>
#include <stdlib.h>

#include "runtime/entry.h"
#include "runtime/fork.h"
#include "runtime/kernel.h"
#include "runtime/symbol_table.h"

_Static_assert(sizeof(struct rt_image) >= 0x58, "old programs read that far behind the handle");

/*
 * The registry's lock: a leaf (fork.h: a table). `changed` is signalled when an image leaves the
 * state LOADING or loses a user.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct rt_image *images; /* newest first */

/* Not zero: some image may need what rt_images_prepare_context() does. Cleared by that alone. */
static int unprepared;

/* Not zero once exit() runs, as far as can be told: see begin_exit(). */
static int exiting;
static pthread_once_t watch_exit_once = PTHREAD_ONCE_INIT;

/*
 * The child of a process whose thread was loading: that load will never end there. The driver is
 * dead in such a child, and says so when it is asked again.
 */
static void in_child(void)
{
	static const pthread_cond_t fresh = PTHREAD_COND_INITIALIZER;

	changed = fresh;
	for (struct rt_image *image = images; image != NULL; image = image->next) {
		image->users = 0;
		if (image->state == RT_IMAGE_LOADING)
			image->state = RT_IMAGE_UNLOADED;
	}
}

static __attribute__((constructor)) void register_fork(void)
{
	rt_fork_table(&lock, in_child);
}

/*
 * Programs unregister their images from exit handlers, long after the driver took itself down
 * with its own. This one is registered at the first load: later than those of the images that
 * came with the program, so it runs before them, and they find nothing left to do.
 */
static void begin_exit(void)
{
	__atomic_store_n(&exiting, 1, __ATOMIC_RELAXED);
}

static void watch_exit(void)
{
	atexit(begin_exit);
}

void rt_registry_lock(void)
{
	pthread_mutex_lock(&lock);
}

void rt_registry_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

struct rt_image *rt_image_add(void *wrapper)
{
	struct rt_image *image = calloc(1, sizeof(*image));

	if (image == NULL)
		return NULL;
	image->wrapper = wrapper;
	rt_registry_lock();
	image->next = images;
	if (images != NULL)
		images->previous = image;
	images = image;
	rt_registry_unlock();
	__atomic_store_n(&unprepared, 1, __ATOMIC_RELEASE);
	return image;
}

struct rt_image *rt_image_of(void **handle)
{
	struct rt_image *image = images;

	/* Nearly always the newest one: constructors register without a pause. */
	while (image != NULL && (void **)image != handle)
		image = image->next;
	return image;
}

/*
 * Waits for threads that still work on the image: an eager load of it may be under way in
 * another thread, and its memory is about to be unmapped. The loader's lock is held here.
 * Should that thread need the loader (the driver opens its PTX compiler on first need) both wait
 * for ever; without the wait it would crash.
 */
static void take_out(struct rt_image *image)
{
	while (image->users > 0)
		pthread_cond_wait(&changed, &lock);
	if (image->previous != NULL)
		image->previous->next = image->next;
	else
		images = image->next;
	if (image->next != NULL)
		image->next->previous = image->previous;
	rt_kernels_forget_image(image);
	rt_variables_forget_image(image);
	rt_references_forget_image(image);
}

void rt_image_remove(struct rt_image *image)
{
	if (__atomic_load_n(&exiting, __ATOMIC_RELAXED))
		return;
	rt_registry_lock();
	image = rt_image_of((void **)image);
	if (image != NULL)
		take_out(image);
	rt_registry_unlock();
	if (image == NULL)
		return;
	/* Answers 4 if the driver is down already, which is as good. */
	if (image->state == RT_IMAGE_LOADED)
		drv.cuLibraryUnload(image->library);
	free(image);
}

/* __fatBinC_Wrapper_t, as far as it is looked at here. */
struct wrapper {
	int magic, version;
	const void *data;
};
#define WRAPPER_MAGIC 0x466243b1

static bool is_around_nothing(const void *image)
{
	const struct wrapper *wrapper = image;

	return wrapper != NULL && wrapper->magic == WRAPPER_MAGIC && wrapper->data == NULL;
}

static cudaError_t load(void *wrapper, CUlibrary *library)
{
	/* The image stays mapped until dlclose, which unregisters it first. */
	CUlibraryOption option = CU_LIBRARY_BINARY_IS_PRESERVED;
	void *value = (void *)1;

	/* R580 takes a wrapper around nothing and crashes when asked for a variable of it. */
	if (is_around_nothing(wrapper))
		return cudaErrorSymbolNotFound;
	pthread_once(&watch_exit_once, watch_exit);
	return (cudaError_t)drv.cuLibraryLoadData(library, wrapper, NULL, NULL, 0, &option, &value,
						  1);
}

cudaError_t rt_image_use(struct rt_image *image)
{
	CUlibrary library = NULL;
	cudaError_t error;

	image->users++;
	while (image->state == RT_IMAGE_LOADING)
		pthread_cond_wait(&changed, &lock);
	if (image->state == RT_IMAGE_LOADED)
		return cudaSuccess;
	image->state = RT_IMAGE_LOADING;
	rt_registry_unlock();
	error = load(image->wrapper, &library);
	rt_registry_lock();
	image->library = library;
	/* A failure is not kept: the next use may have more memory, or another device. */
	image->state = error == cudaSuccess ? RT_IMAGE_LOADED : RT_IMAGE_UNLOADED;
	if (error != cudaSuccess)
		image->users--;
	pthread_cond_broadcast(&changed);
	return error;
}

void rt_image_done(struct rt_image *image)
{
	if (--image->users == 0)
		pthread_cond_broadcast(&changed);
}

/*
 * Another thread may have prepared the image while its constructor still registered. The next call
 * that needs a context fills the shadows, whatever contexts there are: see update_stale().
 */
void rt_image_has_managed(struct rt_image *image)
{
	image->managed++;
	__atomic_add_fetch(&image->shadows_wanted, 1, __ATOMIC_RELEASE);
	__atomic_store_n(&unprepared, 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&rt_contexts_stale, true, __ATOMIC_SEQ_CST);
}

bool rt_images_unprepared(void)
{
	return __atomic_load_n(&unprepared, __ATOMIC_SEQ_CST) != 0;
}

static bool shadows_set(const struct rt_image *image)
{
	return __atomic_load_n(&image->shadows_done, __ATOMIC_ACQUIRE) ==
	       __atomic_load_n(&image->shadows_wanted, __ATOMIC_ACQUIRE);
}

/* Of two threads that filled them for different reasons the later reason counts. */
static void note_shadows(struct rt_image *image, unsigned int wanted)
{
	unsigned int done = __atomic_load_n(&image->shadows_done, __ATOMIC_RELAXED);

	while ((int)(wanted - done) > 0 &&
	       !__atomic_compare_exchange_n(&image->shadows_done, &done, wanted, true,
					    __ATOMIC_RELEASE, __ATOMIC_RELAXED))
		;
}

/*
 * The driver knows a managed variable's address once the library is in some context, and the
 * lazy mode puts it there no sooner than somebody asks for the module.
 */
cudaError_t rt_image_set_shadows(struct rt_image *image)
{
	/* Before the list: a variable that comes or a reset that happens meanwhile asks anew. */
	unsigned int wanted = __atomic_load_n(&image->shadows_wanted, __ATOMIC_ACQUIRE);
	struct rt_variable *v = __atomic_load_n(&image->variables, __ATOMIC_ACQUIRE);
	CUmodule module;
	cudaError_t error;

	if (image->managed == 0 ||
	    __atomic_load_n(&image->shadows_done, __ATOMIC_ACQUIRE) == wanted)
		return cudaSuccess;
	error = (cudaError_t)drv.cuLibraryGetModule(&module, image->library);
	for (; v != NULL; v = v->next_of_image) {
		if (error == cudaSuccess && v->shadow != NULL)
			error = rt_variable_set_shadow(v);
	}
	if (error == cudaSuccess)
		note_shadows(image, wanted);
	return error;
}

/* Asked once: the driver reads the environment once, too. */
static bool is_eager(void)
{
	static int known; /* 0, or the mode; threads that race store the same */
	int mode = __atomic_load_n(&known, __ATOMIC_RELAXED);

	if (mode == 0) {
		CUmoduleLoadingMode asked = CU_MODULE_LAZY_LOADING;

		if (drv.cuModuleGetLoadingMode(&asked) != CUDA_SUCCESS)
			asked = CU_MODULE_LAZY_LOADING;
		mode = (int)asked;
		__atomic_store_n(&known, mode, __ATOMIC_RELAXED);
	}
	return mode == CU_MODULE_EAGER_LOADING;
}

static bool needs_preparation(const struct rt_image *image, bool eager)
{
	if (image->managed > 0)
		return !shadows_set(image);
	return eager && image->state == RT_IMAGE_UNLOADED;
}

/* One image, in use on entry to keep it in the list. Under the lock, which is released. */
static cudaError_t prepare(struct rt_image *image)
{
	cudaError_t error = rt_image_use(image);

	if (error != cudaSuccess)
		return error;
	rt_registry_unlock();
	error = rt_image_set_shadows(image);
	rt_registry_lock();
	rt_image_done(image);
	return error;
}

cudaError_t rt_images_prepare_context(void)
{
	struct rt_image *image;
	bool eager, again = false;

	/* Pairs with the release in rt_image_add(). */
	if (!__atomic_load_n(&unprepared, __ATOMIC_ACQUIRE))
		return cudaSuccess;
	eager = is_eager();
	__atomic_store_n(&unprepared, 0, __ATOMIC_RELAXED);
	rt_registry_lock();
	image = images;
	while (image != NULL) {
		struct rt_image *next;

		image->users++;
		/* Memory may come; an image that has no code for the device never will have. */
		if (needs_preparation(image, eager))
			again |= prepare(image) == cudaErrorMemoryAllocation;
		next = image->next;
		rt_image_done(image);
		image = next;
	}
	rt_registry_unlock();
	if (again)
		__atomic_store_n(&unprepared, 1, __ATOMIC_RELEASE);
	return cudaSuccess;
}

/*
 * Libraries and kernels are of the process and outlive a context; managed memory does not. The
 * shadows keep their stale values until a context is there again, as with NVIDIA's library.
 */
void rt_images_context_reset(void)
{
	rt_registry_lock();
	for (struct rt_image *image = images; image != NULL; image = image->next) {
		if (image->managed > 0)
			__atomic_add_fetch(&image->shadows_wanted, 1, __ATOMIC_RELEASE);
	}
	rt_kernels_forget_functions();
	rt_registry_unlock();
	__atomic_store_n(&unprepared, 1, __ATOMIC_RELEASE);
}
