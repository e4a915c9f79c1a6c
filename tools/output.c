/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output names and files. F.tmp lies beside F, so that the last step is a rename within one file
 * system; the spool lies there too, because a long trace fits the disk and not shared memory.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/rank.h"

#define SAY(...) snprintf(why, size, __VA_ARGS__)

struct buffer {
	char *data;
	size_t size;
	size_t used;
};

static void put(struct buffer *b, const char *text, size_t length)
{
	/* What is too long is counted, and refused in the end. */
	if (b->used + length < b->size)
		memcpy(b->data + b->used, text, length);
	b->used += length;
}

/* %q{VAR}: `at` stands behind the q. Returns what follows, NULL if it is malformed. */
static const char *put_variable(struct buffer *b, const char *at)
{
	const char *end = *at == '{' ? strchr(at, '}') : NULL, *value;
	char name[256];

	if (!end || end == at + 1 || (size_t)(end - at) > sizeof(name))
		return NULL;
	snprintf(name, sizeof(name), "%.*s", (int)(end - at - 1), at + 1);
	value = getenv(name);
	if (value)
		put(b, value, strlen(value));
	return end + 1;
}

/* `at` stands behind a %. Returns what follows it, NULL if it is malformed. */
static const char *put_field(struct buffer *b, const char *at, pid_t pid)
{
	struct col_rank rank;
	char text[256] = "";

	switch (*at) {
	case 'p':
		snprintf(text, sizeof(text), "%ld", (long)pid);
		break;
	case 'h':
		gethostname(text, sizeof(text) - 1);
		break;
	case '%':
		snprintf(text, sizeof(text), "%%");
		break;
	case 'r':
		/* Of so many digits that names sort by rank. */
		snprintf(text, sizeof(text), "%05" PRId32, col_rank_find(&rank) ? rank.rank : 0);
		break;
	case 'q':
		return put_variable(b, at + 1);
	default:
		return NULL;
	}
	put(b, text, strlen(text));
	return at + 1;
}

bool output_expand(const char *pattern, pid_t pid, char *out, size_t out_size, char *why,
		   size_t size)
{
	struct buffer b = { .data = out, .size = out_size };
	const char *at = pattern;

	while (*at) {
		size_t plain = strcspn(at, "%");

		put(&b, at, plain);
		at += plain;
		if (*at && !(at = put_field(&b, at + 1, pid))) {
			SAY("%s: after %% comes p, h, r, q{VARIABLE} or %%", pattern);
			return false;
		}
	}
	if (b.used >= out_size) {
		SAY("%s: %s", pattern, strerror(ENAMETOOLONG));
		return false;
	}
	out[b.used] = '\0';
	return true;
}

static bool has_ending(const char *name, const char *ending)
{
	size_t length = strlen(name), n = strlen(ending);

	/* The ending alone is no name. */
	return length > n && !strcmp(name + length - n, ending) && name[length - n - 1] != '/';
}

size_t output_stem(const char *name)
{
	static const char *const endings[] = { ".json.gz", ".json", ".ctr" };
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (has_ending(name, endings[i]))
			return length - strlen(endings[i]);
	return length;
}

bool output_form_of(const char *name, enum output_form *form)
{
	if (has_ending(name, ".json"))
		*form = OUTPUT_JSON;
	else if (has_ending(name, ".json.gz"))
		*form = OUTPUT_JSON_GZ;
	else if (has_ending(name, ".ctr"))
		*form = OUTPUT_NATIVE;
	else
		return false;
	return true;
}

/*
 * Opens a file that only one record may write at a time. One that a killed record left is taken
 * over; O_EXCL would make its user clean up by hand.
 */
static int open_locked(const char *path)
{
	for (;;) {
		int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
		struct stat ours, there;

		if (fd < 0)
			return -1;
		if (fstat(fd, &ours) || !S_ISREG(ours.st_mode)) {
			close(fd);
			errno = EINVAL;
			return -1;
		}
		if (flock(fd, LOCK_EX | LOCK_NB)) {
			close(fd);
			errno = EBUSY;
			return -1;
		}
		/* Meanwhile the one who had the lock may have renamed it away. */
		if (!stat(path, &there) && there.st_ino == ours.st_ino &&
		    there.st_dev == ours.st_dev) {
			if (!ftruncate(fd, 0))
				return fd;
			close(fd);
			return -1;
		}
		close(fd);
	}
}

/* All names are made once: the program may change its folder, we do not. */
static bool split(struct output *o, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;
	const char *folder = slash ? "" : ".", *mark = o->recovering ? ".recovered" : "";

	if (slash && !length)
		folder = "/";
	snprintf(o->folder, sizeof(o->folder), "%.*s%s", (int)length, path, folder);
	return snprintf(o->path, sizeof(o->path), "%s", path) < (int)sizeof(o->path) &&
	       snprintf(o->temporary, sizeof(o->temporary), "%s%s.tmp", path, mark) <
		       (int)sizeof(o->temporary) &&
	       snprintf(o->spool, sizeof(o->spool), "%s%s%s", path, mark,
			o->form == OUTPUT_NATIVE ? ".tmp" : ".spool.ctr") < (int)sizeof(o->spool);
}

static bool refuse(const char *path, char *why, size_t size)
{
	if (errno == EBUSY)
		SAY("%s is being written by another curtrace record (%%p in the name gives each "
		    "its own)",
		    path);
	else
		SAY("%s cannot be written: %s", path, strerror(errno));
	return false;
}

/* Nothing of F itself is touched yet: a run that fails leaves the trace before. */
bool output_open(struct output *o, const char *path, char *why, size_t size)
{
	struct stat st;

	o->fd = o->spool_fd = -1;
	if (!split(o, path)) {
		errno = ENAMETOOLONG;
		return refuse(path, why, size);
	}
	/* A folder, a device: what stands there is not ours to replace. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EEXIST;
		return refuse(path, why, size);
	}
	o->fd = open_locked(o->temporary);
	if (o->fd < 0)
		return refuse(path, why, size);
	o->spool_fd = o->form == OUTPUT_NATIVE ? o->fd : open_locked(o->spool);
	if (o->spool_fd < 0) {
		refuse(o->spool, why, size);
		output_close(o);
		return false;
	}
	return true;
}

/* The rename itself is on the disk only when the folder is. */
static void sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

/* ---- names that somebody has removed ------------------------------------------------------- */

static bool has_name(int fd, const char *path)
{
	struct stat ours, there;

	return !fstat(fd, &ours) && !stat(path, &there) && there.st_ino == ours.st_ino &&
	       there.st_dev == ours.st_dev;
}

static bool copy(int from, int to)
{
	char buffer[1 << 16];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(from, buffer, sizeof(buffer), at)) > 0) {
		if (write(to, buffer, (size_t)n) != n)
			return false;
		at += n;
	}
	return !n && !fsync(to);
}

/* What is in the file gets a name again: `path`, or one like it if another file has that by now. */
static bool put_back(int fd, char *path, size_t size)
{
	int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666), error;
	size_t length = strlen(path);

	if (to < 0 && errno == EEXIST) {
		if (snprintf(path + length, size - length, ".%d", (int)getpid()) >=
		    (int)(size - length))
			return false;
		to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	}
	if (to < 0)
		return false;
	if (copy(fd, to) && !close(to))
		return true;
	error = errno;
	unlink(path);
	errno = error;
	return false;
}

bool output_keep_spool(struct output *o)
{
	const char *folder = getenv("TMPDIR"), *slash = strrchr(o->spool, '/');
	char elsewhere[PATH_MAX];

	if (has_name(o->spool_fd, o->spool) || put_back(o->spool_fd, o->spool, sizeof(o->spool)))
		return true;
	if (snprintf(elsewhere, sizeof(elsewhere), "%s/%s", folder && *folder ? folder : "/tmp",
		     slash ? slash + 1 : o->spool) >= (int)sizeof(elsewhere) ||
	    !put_back(o->spool_fd, elsewhere, sizeof(elsewhere)))
		return false;
	snprintf(o->spool, sizeof(o->spool), "%s", elsewhere);
	return true;
}

/* ---- the end ------------------------------------------------------------------------------- */

/*
 * fsync before rename: after a crash of the machine the name would otherwise lead to an empty file.
 */
bool output_commit(struct output *o, char *why, size_t size)
{
	char old[PATH_MAX + 8];

	if (fsync(o->fd)) {
		SAY("%s: %s", o->temporary, strerror(errno));
		return false;
	}
	/* Somebody tidied up while the program ran. */
	if (!has_name(o->fd, o->temporary) &&
	    !put_back(o->fd, o->temporary, sizeof(o->temporary))) {
		SAY("%s was removed: %s", o->temporary, strerror(errno));
		return false;
	}
	snprintf(old, sizeof(old), "%s.old", o->path);
	if (o->keep_old && rename(o->path, old) && errno != ENOENT) {
		SAY("%s cannot be kept as %s: %s", o->path, old, strerror(errno));
		return false;
	}
	if (rename(o->temporary, o->path)) {
		SAY("%s: %s", o->path, strerror(errno));
		return false;
	}
	o->temporary[0] = '\0';
	sync_folder(o->folder);
	return true;
}

void output_remove_spool(struct output *o)
{
	/* Not one that another record is writing. */
	if (o->form != OUTPUT_NATIVE && o->spool_fd >= 0)
		unlink(o->spool);
}

void output_close(struct output *o)
{
	/* Removed before it is unlocked: what another one finds there afterwards is its own. */
	if (o->temporary[0] && o->fd >= 0)
		unlink(o->temporary);
	o->temporary[0] = '\0';
	if (o->spool_fd >= 0 && o->spool_fd != o->fd)
		close(o->spool_fd);
	if (o->fd >= 0)
		close(o->fd);
	o->fd = o->spool_fd = -1;
}
