/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making, opening and removing session folders.
 */
#include "collect/session.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "collect/clock.h"
#include "collect/stacks.h"
#include "collect/guard.h"
#include "collect/inject.h"
#include "collect/select.h"
#include "curtrace/switches.h"

#define TOTAL_BYTES_MAX          (1ull << 30)
#define BLOCK_TIMEOUT_DEFAULT_NS 1000000000ull

/* A folder of ours and nobody else's: others could put links in the way of what is made there. */
static int make_private(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) && errno != EEXIST)
		return -errno;
	if (lstat(path, &st))
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (st.st_uid != geteuid() || (st.st_mode & 077))
		return -EPERM;
	return 0;
}

/* Bytes that may still be written to the file system of the folder. */
static uint64_t free_bytes(int dirfd)
{
	struct statvfs fs;

	if (fstatvfs(dirfd, &fs))
		return 0;
	return (uint64_t)fs.f_bavail * fs.f_frsize;
}

/* For reading and changing what a session has; a file that is no such page is left alone. */
static void map_switches(struct col_session *s, int fd)
{
	struct ctr_switches *page =
		mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	s->switches = page == MAP_FAILED ? NULL : page;
}

/* Whether recording is on when the program starts. */
static uint64_t first_state(const struct col_settings *settings)
{
	return (settings->delay_ns ? CTR_SWITCH_DELAY : 0) |
	       (settings->start_off ? CTR_SWITCH_ASKED : 0) |
	       (settings->ranges || settings->range ? CTR_SWITCH_RANGES : 0);
}

/* Blocks are allocated first, as for the session's own file. */
static int make_switches(struct col_session *s, const struct col_settings *settings)
{
	int fd = openat(s->dirfd, "switches", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int error = 0;

	if (fd < 0)
		return -errno;
	if (fallocate(fd, 0, 0, sizeof(*s->switches)))
		error = -errno;
	else
		map_switches(s, fd);
	if (!error && !s->switches)
		error = -errno;
	close(fd);
	if (error)
		return error;
	if (settings->selection)
		memcpy(s->switches->left_out, settings->selection->left_out,
		       sizeof(s->switches->left_out));
	if (settings->range)
		snprintf(s->switches->range, sizeof(s->switches->range), "%s", settings->range);
	if (settings->inject)
		error = col_inject_ask(s->dirfd, settings->inject, s->switches->left_out);
	ctr_switches_begin(s->switches, first_state(settings));
	return error;
}

static void open_switches(struct col_session *s)
{
	int fd = openat(s->dirfd, "switches", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size >= (off_t)sizeof(*s->switches))
		map_switches(s, fd);
	close(fd);
	if (!s->switches || s->switches->magic == CTR_SWITCHES_MAGIC)
		return;
	munmap(s->switches, sizeof(*s->switches));
	s->switches = NULL;
}

/* Shared with every traced process; only counters, states and claims change in it later. */
static int map_session(struct col_session *s, size_t size)
{
	s->shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, s->lockfd, 0);
	if (s->shared == MAP_FAILED) {
		s->shared = NULL;
		return -errno;
	}
	s->map_size = size;
	s->guard = col_guard(s->shared, size);
	return 0;
}

/* The state comes last and with release: whoever finds it RECORDING finds the rest filled in. */
static void fill_in(struct col_session *s, const struct col_settings *settings)
{
	struct ctr_session *shared = s->shared;
	uint64_t room = free_bytes(s->dirfd) / 2;

	shared->version_major = CTR_VERSION_MAJOR;
	shared->version_minor = CTR_VERSION_MINOR;
	shared->header_size = sizeof(*shared);
	shared->process_size = sizeof(struct ctr_process);
	shared->process_slots = CTR_PROCESS_SLOTS;
	for (size_t page = 0; page < CTR_FIRST_SLOTS * sizeof(struct ctr_process) / CTR_SLOT_PAGE;
	     page++)
		shared->slot_pages[page / 64] |= 1ull << page % 64;
	shared->overflow = settings->overflow;
	shared->ring_bytes = settings->ring_bytes ? settings->ring_bytes : COL_RING_BYTES_DEFAULT;
	shared->total_bytes = settings->total_bytes;
	if (!shared->total_bytes)
		shared->total_bytes = room < TOTAL_BYTES_MAX ? room : TOTAL_BYTES_MAX;
	shared->block_timeout_ns = settings->block_timeout_ns ? settings->block_timeout_ns
							      : BLOCK_TIMEOUT_DEFAULT_NS;
	shared->options = settings->kernel_args ? CTR_SESSION_KERNEL_ARGS : 0;
	shared->creator_pid = (uint32_t)getpid();
	shared->clock = col_clock_choose();
	shared->created = col_clock_sample(shared->clock);
	shared->magic = CTR_SESSION_MAGIC;
	s->slots = (struct ctr_process *)(shared + 1);
	s->nslots = shared->process_slots;
	col_session_set_state(s, CTR_SESSION_RECORDING);
}

/* The file `session` of a folder just made. On failure the folder goes away again. */
static int populate(struct col_session *s, const struct col_settings *settings)
{
	uint64_t ring = settings->ring_bytes ? settings->ring_bytes : COL_RING_BYTES_DEFAULT;
	int error = 0;

	s->created = true;
	s->dirfd = open(s->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->dirfd < 0)
		return -errno;
	s->lockfd = openat(s->dirfd, "session", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			   0600);
	/* Blocks are allocated before the mapping is touched: on a full tmpfs that is SIGBUS. */
	if (s->lockfd < 0 || fallocate(s->lockfd, 0, 0, CTR_SESSION_FILE_SIZE) ||
	    flock(s->lockfd, LOCK_EX | LOCK_NB))
		error = -errno;
	/* A place that cannot take a single ring is no place for a session. */
	else if (free_bytes(s->dirfd) < ring + CTR_RING_HEADER_SIZE)
		error = -ENOSPC;
	else
		error = map_session(s, CTR_SESSION_MAP_SIZE);
	if (!error)
		error = make_switches(s, settings);
	if (!error && settings->stack_depth)
		error = col_stacks_ask(s->dirfd, settings->stack_depth, settings->stack_functions);
	s->stack_depth = settings->stack_depth;
	if (!error)
		fill_in(s, settings);
	return error;
}

/* mkdtemp makes the folder with mode 0700 whatever the umask. */
static int create_below(struct col_session *s, const char *parent,
			const struct col_settings *settings)
{
	int error = make_private(parent);

	*s = (struct col_session){ .dirfd = -1, .lockfd = -1 };
	if (snprintf(s->path, sizeof(s->path), "%s/%ld-XXXXXX", parent, (long)getpid()) >=
	    (int)sizeof(s->path))
		return -ENAMETOOLONG;
	if (error)
		return error;
	if (!mkdtemp(s->path))
		return -errno;
	error = populate(s, settings);
	if (error)
		col_session_close(s, true);
	return error;
}

/* Shared memory first: writing to a page of a file on a disk can wait for the disk. */
int col_session_create(struct col_session *s, const struct col_settings *settings)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	const char *tmp = getenv("TMPDIR");
	char parent[PATH_MAX - 64];
	int error = -ENOENT;

	/* A path that is not absolute would mean another folder after the program's chdir. */
	if (runtime && runtime[0] == '/' &&
	    snprintf(parent, sizeof(parent), "%s/curtrace", runtime) < (int)sizeof(parent))
		error = create_below(s, parent, settings);
	if (error) {
		snprintf(parent, sizeof(parent), "/dev/shm/curtrace-%lu", (unsigned long)geteuid());
		error = create_below(s, parent, settings);
	}
	if (error &&
	    snprintf(parent, sizeof(parent), "%s/curtrace-%lu", tmp && tmp[0] == '/' ? tmp : "/tmp",
		     (unsigned long)geteuid()) < (int)sizeof(parent))
		error = create_below(s, parent, settings);
	return error;
}

/* Whoever wrote the file, nothing behind its end is touched. */
static bool is_session(const struct ctr_session *shared, uint64_t size)
{
	return shared->magic == CTR_SESSION_MAGIC && shared->version_major == CTR_VERSION_MAJOR &&
	       shared->version_minor <= CTR_VERSION_MINOR &&
	       shared->header_size == sizeof(*shared) && shared->header_size <= size &&
	       shared->process_size == sizeof(struct ctr_process) &&
	       shared->process_slots <= CTR_PROCESS_SLOTS;
}

const struct ctr_process *col_session_slot(const struct col_session *s, uint32_t index)
{
	size_t page = index / (CTR_SLOT_PAGE / sizeof(struct ctr_process));

	/* Pairs with the release of the process that made sure of the page. */
	if (index >= s->nslots ||
	    !(__atomic_load_n(&s->shared->slot_pages[page / 64], __ATOMIC_ACQUIRE) >> page % 64 &
	      1))
		return NULL;
	return &s->slots[index];
}

/*
 * The lock is taken and kept: two recoveries at once would count the same loss twice. `live`: any
 * number of others may look, too.
 */
static int open_existing(struct col_session *s, bool live)
{
	bool collected = false;
	struct stat st;
	int error;

	s->dirfd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dirfd < 0)
		return -errno;
	s->lockfd = openat(s->dirfd, "session", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (s->lockfd < 0)
		return -errno;
	if (flock(s->lockfd, (live ? LOCK_SH : LOCK_EX) | LOCK_NB)) {
		collected = live && errno == EWOULDBLOCK;
		if (!collected)
			return errno == EWOULDBLOCK ? -EBUSY : -errno;
	}
	if (fstat(s->lockfd, &st))
		return -errno;
	if ((uint64_t)st.st_size < sizeof(struct ctr_session))
		return -EPROTO;
	error = map_session(s, CTR_SESSION_MAP_SIZE);
	if (error)
		return error;
	if (!is_session(s->shared, (uint64_t)st.st_size))
		return -EPROTO;
	/* What a collector has taken is in its spool; one without a name nobody else can read. */
	if (collected && (s->shared->overflow != CTR_OVERFLOW_OVERWRITE ||
			  faccessat(s->dirfd, "spool.ctr", R_OK, 0)))
		return -EBUSY;
	s->slots = (struct ctr_process *)((char *)s->shared + s->shared->header_size);
	s->nslots = s->shared->process_slots;
	open_switches(s);
	return 0;
}

static int open_path(struct col_session *s, const char *path, bool live)
{
	int error;

	*s = (struct col_session){ .dirfd = -1, .lockfd = -1 };
	if (!realpath(path, s->path))
		return -errno;
	error = open_existing(s, live);
	if (error)
		col_session_close(s, false);
	return error;
}

int col_session_open(struct col_session *s, const char *path)
{
	return open_path(s, path, false);
}

int col_session_open_live(struct col_session *s, const char *path)
{
	return open_path(s, path, true);
}

void col_session_set_state(struct col_session *s, enum ctr_session_state state)
{
	/* Pairs with the acquire load of processes that open the session: settings come first. */
	__atomic_store_n(&s->shared->state, state, __ATOMIC_RELEASE);
}

long long col_session_file_size(const struct col_session *s, const char *name)
{
	struct stat st;

	if (fstatat(s->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return -1;
	return st.st_size;
}

/* Session folders are flat: whatever is in one is a file. */
static void remove_folder(const struct col_session *s)
{
	int fd = openat(s->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			unlinkat(s->dirfd, entry->d_name, 0);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	rmdir(s->path);
}

/* Closing the descriptor gives the lock back, which is only done when the folder is gone. */
void col_session_close(struct col_session *s, bool remove)
{
	if (remove && s->dirfd >= 0)
		remove_folder(s);
	else if (remove && s->created)
		rmdir(s->path);
	if (s->switches)
		munmap(s->switches, sizeof(*s->switches));
	if (s->guard)
		col_unguard(s->guard);
	if (s->shared)
		munmap(s->shared, s->map_size);
	if (s->lockfd >= 0)
		close(s->lockfd);
	if (s->dirfd >= 0)
		close(s->dirfd);
	*s = (struct col_session){ .dirfd = -1, .lockfd = -1 };
}
