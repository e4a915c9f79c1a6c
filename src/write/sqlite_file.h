/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database file of SQLite's, version 3 of its format (sqlite.org/fileformat2.html), written from
 * beginning to end: tables that rows are only ever added to, with rising row numbers. Each table
 * fills one page at a time, and full pages go to the file in the order in which they become full;
 * what remains are the pages that lead to them, one for each level. That takes constant memory
 * and a tenth of the time of SQLite's own INSERT, which keeps a tree that could be changed
 * anywhere.
 *
 * Private to src/write.
 */
#ifndef WRITE_SQLITE_FILE_H
#define WRITE_SQLITE_FILE_H

#include "write/text.h"

#define SQ_MAX_TABLES 32
#define SQ_MAX_LEVELS 12
#define SQ_PAGE       4096u

struct sq_page {
	unsigned char *data; /* NULL: none begun */
	uint32_t cells;
	uint32_t content;   /* where the cells begin, which grow downward from the end */
	uint32_t rightmost; /* of a page of pages: the child behind its last cell; 0: none */
	int64_t rightmost_key;
	int64_t last_key;
};

struct sq_table {
	const char *name;
	const char *sql; /* CREATE TABLE, CREATE VIEW */
	bool is_view;
	int64_t rows; /* the highest row number */
	uint32_t root;
	struct sq_page levels[SQ_MAX_LEVELS]; /* 0: rows */
	unsigned int nlevels;
};

struct sq_file {
	int fd;
	int error; /* negative errno of the first failure */
	uint32_t pages;
	uint32_t lock_page; /* that SQLite never uses: its bytes are what it locks */
	char *buffer;       /* pages that follow each other and are not in the file yet */
	size_t buffered;
	struct sq_table tables[SQ_MAX_TABLES];
	unsigned int ntables;
	/* The row being made: the types of its columns, and their values. */
	struct wr_text types, values, row;
};

/* Begins in an empty file that can be read and written. */
void sq_begin(struct sq_file *file, int fd);
/* Ends, frees, and returns 0 or the first error. */
int sq_end(struct sq_file *file);

/* Its number. The texts stay the caller's. */
unsigned int sq_table(struct sq_file *file, const char *name, const char *sql);
void sq_view(struct sq_file *file, const char *name, const char *sql);

/* A row, column by column; then it is added, with a number that must rise or 0: the next one. */
void sq_null(struct sq_file *file);
void sq_text(struct sq_file *file, const char *text, size_t length);
void sq_add(struct sq_file *file, unsigned int table, int64_t number);

static inline void sq_serial(struct sq_file *file, unsigned int type, int64_t value,
			     unsigned int size)
{
	uint64_t big = __builtin_bswap64((uint64_t)value << (64 - 8 * size));

	wr_text_char(&file->types, (char)type);
	memcpy(wr_text_room(&file->values, sizeof(big)), &big, sizeof(big));
	file->values.used += size;
}

static inline void sq_integer(struct sq_file *file, int64_t value)
{
	if (value == 0 || value == 1)
		wr_text_char(&file->types, (char)(8 + value));
	else if (value == (int8_t)value)
		sq_serial(file, 1, value, 1);
	else if (value == (int16_t)value)
		sq_serial(file, 2, value, 2);
	else if (value >= -(1 << 23) && value < 1 << 23)
		sq_serial(file, 3, value, 3);
	else if (value == (int32_t)value)
		sq_serial(file, 4, value, 4);
	else if (value >= -((int64_t)1 << 47) && value < (int64_t)1 << 47)
		sq_serial(file, 5, value, 6);
	else
		sq_serial(file, 6, value, 8);
}

#endif
