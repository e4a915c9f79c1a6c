/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target without libFuzzer, and takes the same arguments as that:
 *
 *	TARGET [-runs=N] [-max_total_time=SECONDS] [-seed=N] [FILE | DIRECTORY]...
 *
 * First each file as it is, then files changed at random until N runs or the seconds are over. What
 * is being run lies in `last-input` in the working directory: it is still there after a crash.
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/fuzz.h"

#define MAX_SIZE  ((size_t)64 << 10)
#define MAX_SEEDS 4096

static struct seed {
	uint8_t *data;
	size_t size;
} seeds[MAX_SEEDS];
static size_t nseeds;

static uint64_t random_state = 1;

/* xorshift64*: the same inputs for the same seed everywhere. */
static uint64_t any(uint64_t below)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (random_state * 0x2545f4914f6cdd1du >> 16) % below;
}

/* ---- changes ------------------------------------------------------------------------------- */

/* Of JSON, and numbers that are on the edge of something. */
static const char *const words[] = {
	"\"",
	"\\",
	"{",
	"}",
	"[",
	"]",
	",",
	":",
	"null",
	"true",
	"1e999",
	"-0",
	"\\u0000",
	"\\ud800",
	"\xff",
	"\n",
	"9007199254740993",
	"18446744073709551616",
	"0x",
	"\"args\":{",
	"_\":",
	"0.001",
	"\"result\":",
	"\"kernel\":",
	"]}\n",
	"\"stream_\":",
};
static const uint64_t numbers[] = {
	0,     1,         7,          8,         9,          15,         16,        63,
	64,    65,        127,        128,       255,        256,        32767,     65535,
	65536, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX, 1ull << 40, 64u << 20,
};

static size_t insert(uint8_t *data, size_t size, size_t at, const void *what, size_t length)
{
	if (length > MAX_SIZE - size)
		return size;
	memmove(data + at + length, data + at, size - at);
	memcpy(data + at, what, length);
	return size + length;
}

static size_t copy_block(uint8_t *data, size_t size)
{
	const struct seed *from = &seeds[any(nseeds)];
	size_t begin, length;

	if (!from->size)
		return size;
	begin = any(from->size);
	length = 1 + any(from->size - begin);
	if (length > 256 && any(4))
		length = 1 + any(256);
	return insert(data, size, any(size + 1), from->data + begin, length);
}

static void put_number(uint8_t *data, size_t size)
{
	uint64_t number = numbers[any(sizeof(numbers) / sizeof(numbers[0]))];
	size_t width = (size_t)1 << any(4);

	if (any(4) == 0)
		number = 0 - number;
	if (size >= width)
		memcpy(data + any(size - width + 1), &number, width);
}

static size_t change(uint8_t *data, size_t size)
{
	size_t at = size ? any(size) : 0, length;
	const char *word;

	switch (any(9)) {
	case 0:
		if (size)
			data[at] ^= (uint8_t)(1u << any(8));
		return size;
	case 1:
		if (size)
			data[at] = (uint8_t)any(256);
		return size;
	case 2:
		if (size)
			data[at] = (uint8_t)(data[at] + (any(2) ? 1 : 255));
		return size;
	case 3:
		put_number(data, size);
		return size;
	case 4:
		word = words[any(sizeof(words) / sizeof(words[0]))];
		return insert(data, size, at, word, strlen(word));
	case 5:
		return copy_block(data, size);
	case 6:
		length = size ? 1 + any(any(2) ? 8 : size - at) : 0;
		length = length > size - at ? size - at : length;
		memmove(data + at, data + at + length, size - at - length);
		return size - length;
	case 7:
		return any(4) ? size : at;
	default:
		/* A block over another place. */
		length = size ? 1 + any(size - at < 64 ? size - at : 64) : 0;
		if (length)
			memmove(data + any(size - length + 1), data + at, length);
		return size;
	}
}

/* ---- runs ---------------------------------------------------------------------------------- */

static uint8_t *last_input;
static int last_file;

static void open_last_input(void)
{
	last_file = open("last-input", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	FZ_MUST(last_file >= 0 && !ftruncate(last_file, (off_t)MAX_SIZE));
	last_input = mmap(NULL, MAX_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, last_file, 0);
	FZ_MUST(last_input != MAP_FAILED);
}

/* On the heap, where a sanitizer sees what is read behind the end. */
static void run_one(size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	FZ_MUST(copy);
	memcpy(copy, last_input, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void run_changed(void)
{
	const struct seed *seed = &seeds[any(nseeds)];
	size_t size = seed->size;

	memcpy(last_input, seed->data, size);
	for (uint64_t n = 1 + any(6); n > 0; n--)
		size = change(last_input, size);
	run_one(size);
}

static void add_file(const char *path)
{
	FILE *f = fopen(path, "rbe");
	struct seed *seed = &seeds[nseeds];

	FZ_MUST(f && nseeds < MAX_SEEDS);
	seed->data = malloc(MAX_SIZE);
	FZ_MUST(seed->data);
	seed->size = fread(seed->data, 1, MAX_SIZE, f);
	fclose(f);
	nseeds++;
}

static void add_seeds(const char *path)
{
	struct stat status;
	struct dirent **list;
	char file[4096];
	int n;

	FZ_MUST(!stat(path, &status));
	if (!S_ISDIR(status.st_mode)) {
		add_file(path);
		return;
	}
	/* In the same order everywhere. */
	n = scandir(path, &list, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, list[i]->d_name);
		if (list[i]->d_name[0] != '.')
			add_file(file);
		free(list[i]);
	}
	free(list);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	uint64_t runs = UINT64_MAX, done = 0;
	double end = 1e18, start = now();

	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "-runs=", 6))
			runs = strtoull(argv[i] + 6, NULL, 10);
		else if (!strncmp(argv[i], "-max_total_time=", 16))
			end = start + strtod(argv[i] + 16, NULL);
		else if (!strncmp(argv[i], "-seed=", 6))
			random_state = strtoull(argv[i] + 6, NULL, 10) * 2 + 1;
		else
			add_seeds(argv[i]);
	}
	open_last_input();
	for (size_t i = 0; i < nseeds; i++) {
		memcpy(last_input, seeds[i].data, seeds[i].size);
		run_one(seeds[i].size);
	}
	for (; nseeds && done < runs && (done % 64 || now() < end); done++)
		run_changed();
	unlink("last-input");
	printf("%zu inputs, %" PRIu64 " changed ones, %.1f s\n", nseeds, done, now() - start);
	for (size_t i = 0; i < nseeds; i++)
		free(seeds[i].data);
	return 0;
}
