/* SPDX-License-Identifier: Apache-2.0 */
#include "write/sqlite_file.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/xalloc.h"

#define BUFFER_PAGES 256u
#define LEAF_HEADER  8u
#define INNER_HEADER 12u
#define FILE_HEADER  100u
#define LEAF         0x0d
#define INNER        0x05
#define VARINT_MAX   9u
/* Of a cell's payload: how much stays in its page, where not all of it does. */
#define MOST_LOCAL  (SQ_PAGE - 35)
#define LEAST_LOCAL ((SQ_PAGE - 12) * 32 / 255 - 23)
#define OVERFLOW    (SQ_PAGE - 4)

/* ---- numbers ------------------------------------------------------------------------------- */

static void put16(unsigned char *at, uint32_t value)
{
	at[0] = (unsigned char)(value >> 8);
	at[1] = (unsigned char)value;
}

static void put32(unsigned char *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

/* Seven bits a byte, the upper ones first; a ninth byte has eight. Returns the length. */
static size_t put_varint(unsigned char *at, uint64_t value)
{
	unsigned char low[VARINT_MAX];
	size_t n = 0, i;

	if (value >> 56) {
		at[8] = (unsigned char)value;
		value >>= 8;
		for (i = 8; i--; value >>= 7)
			at[i] = (unsigned char)(value | 0x80);
		return 9;
	}
	do {
		low[n++] = (unsigned char)(value & 0x7f);
		value >>= 7;
	} while (value);
	for (i = 0; i < n; i++)
		at[i] = (unsigned char)(low[n - 1 - i] | (i + 1 < n ? 0x80 : 0));
	return n;
}

static void add_varint(struct wr_text *text, uint64_t value)
{
	if (value < 0x80)
		wr_text_char(text, (char)value);
	else
		text->used += put_varint((unsigned char *)wr_text_room(text, VARINT_MAX), value);
}

/* ---- the file ------------------------------------------------------------------------------ */

static void write_at(struct sq_file *f, const char *data, size_t size, off_t offset)
{
	ssize_t part;

	for (; size && !f->error; data += part, size -= (size_t)part, offset += part) {
		part = pwrite(f->fd, data, size, offset);
		if (part < 0 && errno == EINTR)
			part = 0;
		else if (part <= 0)
			f->error = part ? -errno : -EIO;
		if (part < 0)
			return;
	}
}

/* `pages` counts those in the buffer, which are the last ones. */
static void flush(struct sq_file *f)
{
	off_t end = (off_t)f->pages * SQ_PAGE;

	write_at(f, f->buffer, f->buffered, end - (off_t)f->buffered);
	f->buffered = 0;
}

/* The next page of the file, to be filled in before the next call; its number is f->pages. */
static unsigned char *next_page(struct sq_file *f)
{
	unsigned char *page;

	if (f->buffered == (size_t)BUFFER_PAGES * SQ_PAGE)
		flush(f);
	page = (unsigned char *)f->buffer + f->buffered;
	f->buffered += SQ_PAGE;
	f->pages++;
	if (f->pages != f->lock_page)
		return page;
	memset(page, 0, SQ_PAGE);
	return next_page(f);
}

/* ---- pages --------------------------------------------------------------------------------- */

static void begin_page(struct sq_page *p)
{
	if (!p->data)
		p->data = ut_xmalloc(SQ_PAGE);
	memset(p->data, 0, INNER_HEADER);
	p->cells = 0;
	p->content = SQ_PAGE;
	p->rightmost = 0;
}

static uint32_t header_size(unsigned int level)
{
	return level ? INNER_HEADER : LEAF_HEADER;
}

static bool has_room(const struct sq_page *p, unsigned int level, size_t cell)
{
	return header_size(level) + 2 * (p->cells + 1) + cell <= p->content;
}

/* Room for a cell, which is added. */
static unsigned char *add_cell(struct sq_page *p, unsigned int level, size_t size)
{
	p->content -= (uint32_t)size;
	put16(p->data + header_size(level) + 2 * (size_t)p->cells++, p->content);
	return p->data + p->content;
}

/* Its header lies at the page's beginning, but in the first page of the file. */
static void fill_header(const struct sq_page *p, unsigned int level, unsigned char *at)
{
	at[0] = level ? INNER : LEAF;
	put16(at + 1, 0);
	put16(at + 3, p->cells);
	put16(at + 5, p->content); /* of 4096 bytes it is never 65536 */
	at[7] = 0;
	if (level)
		put32(at + 8, p->rightmost);
}

/* What lies between is not to show what the memory held before. */
static uint32_t write_page(struct sq_file *f, struct sq_page *p, unsigned int level)
{
	uint32_t used = header_size(level) + 2 * p->cells;

	fill_header(p, level, p->data);
	memset(p->data + used, 0, p->content - used);
	memcpy(next_page(f), p->data, SQ_PAGE);
	return f->pages;
}

static void add_child_cell(struct sq_page *p, unsigned int level, uint32_t child, int64_t key)
{
	unsigned char cell[4 + VARINT_MAX];
	size_t size = 4 + put_varint(cell + 4, (uint64_t)key);

	put32(cell, child);
	memcpy(add_cell(p, level, size), cell, size);
}

/* Takes it off again; returns the child that it names. */
static uint32_t take_last_cell(struct sq_page *p)
{
	const unsigned char *cell = p->data + p->content;
	unsigned char key[VARINT_MAX];

	p->cells--;
	p->content += 4 + (uint32_t)put_varint(key, (uint64_t)p->last_key);
	return (uint32_t)cell[0] << 24 | (uint32_t)cell[1] << 16 | (uint32_t)cell[2] << 8 | cell[3];
}

/*
 * A page is full, and becomes a child of the level above. There each page has at least one cell
 * besides its rightmost child: a full one gives its last child to the one that follows.
 */
static void add_child(struct sq_file *f, struct sq_table *t, unsigned int level, uint32_t child,
		      int64_t key)
{
	struct sq_page *p = &t->levels[level];

	if (level >= t->nlevels) {
		t->nlevels = level + 1;
		begin_page(p);
	}
	if (p->rightmost && !has_room(p, level, 4 + VARINT_MAX)) {
		uint32_t last = p->rightmost, number;
		int64_t last_key = p->rightmost_key;

		p->rightmost = take_last_cell(p);
		number = write_page(f, p, level);
		add_child(f, t, level + 1, number, p->last_key);
		begin_page(p);
		p->rightmost = last;
		p->rightmost_key = last_key;
	}
	if (p->rightmost) {
		add_child_cell(p, level, p->rightmost, p->rightmost_key);
		p->last_key = p->rightmost_key;
	}
	p->rightmost = child;
	p->rightmost_key = key;
}

/* The table's root, when it gets no more rows. */
static uint32_t finish_table(struct sq_file *f, struct sq_table *t)
{
	uint32_t number = 0;

	for (unsigned int level = 0; level < t->nlevels; level++) {
		struct sq_page *p = &t->levels[level];
		int64_t key = level ? p->rightmost_key : p->last_key;

		number = write_page(f, p, level);
		if (level + 1 < t->nlevels)
			add_child(f, t, level + 1, number, key);
	}
	return number;
}

/* ---- rows ---------------------------------------------------------------------------------- */

void sq_null(struct sq_file *file)
{
	wr_text_char(&file->types, 0);
}

void sq_text(struct sq_file *file, const char *text, size_t length)
{
	add_varint(&file->types, 13 + 2 * (uint64_t)length);
	wr_text_raw(&file->values, text, length);
}

/* How much of a payload lies in the row's own page. */
static size_t local_size(size_t payload)
{
	size_t local;

	if (payload <= MOST_LOCAL)
		return payload;
	local = LEAST_LOCAL + (payload - LEAST_LOCAL) % OVERFLOW;
	return local <= MOST_LOCAL ? local : LEAST_LOCAL;
}

/* The rest follows in pages of its own, each of which names the next one. */
static uint32_t write_overflow(struct sq_file *f, const char *data, size_t size)
{
	uint32_t first = 0;

	while (size) {
		size_t part = size < OVERFLOW ? size : OVERFLOW;
		unsigned char *page = next_page(f);
		bool last = part == size;
		uint32_t next = f->pages + 1;

		put32(page, last ? 0 : next == f->lock_page ? next + 1 : next);
		memcpy(page + 4, data, part);
		memset(page + 4 + part, 0, OVERFLOW - part);
		first = first ? first : f->pages;
		data += part;
		size -= part;
	}
	return first;
}

/* The record's header has its own length in it. */
static void make_row(struct sq_file *f)
{
	size_t length = f->types.used + 1;

	f->row.used = 0;
	if (length >= 0x80)
		length++;
	add_varint(&f->row, length);
	wr_text_raw(&f->row, f->types.data, f->types.used);
	wr_text_raw(&f->row, f->values.data, f->values.used);
	f->types.used = f->values.used = 0;
}

void sq_add(struct sq_file *file, unsigned int table, int64_t number)
{
	struct sq_table *t = &file->tables[table];
	struct sq_page *p = &t->levels[0];
	unsigned char head[2 * VARINT_MAX], *cell;
	size_t payload, local, size, head_size;

	make_row(file);
	t->rows = number ? number : t->rows + 1;
	payload = file->row.used;
	local = local_size(payload);
	head_size = put_varint(head, payload);
	head_size += put_varint(head + head_size, (uint64_t)t->rows);
	size = head_size + local + (local < payload ? 4 : 0);
	if (!has_room(p, 0, size)) {
		add_child(file, t, 1, write_page(file, p, 0), p->last_key);
		begin_page(p);
	}
	cell = add_cell(p, 0, size);
	memcpy(cell, head, head_size);
	memcpy(cell + head_size, file->row.data, local);
	p->last_key = t->rows;
	if (local < payload)
		put32(cell + head_size + local,
		      write_overflow(file, file->row.data + local, payload - local));
}

/* ---- tables -------------------------------------------------------------------------------- */

static struct sq_table *new_table(struct sq_file *f, const char *name, const char *sql)
{
	struct sq_table *t = &f->tables[f->ntables++];

	*t = (struct sq_table){ .name = name, .sql = sql };
	return t;
}

unsigned int sq_table(struct sq_file *file, const char *name, const char *sql)
{
	struct sq_table *t = new_table(file, name, sql);

	begin_page(&t->levels[0]);
	t->nlevels = 1;
	return file->ntables - 1;
}

void sq_view(struct sq_file *file, const char *name, const char *sql)
{
	new_table(file, name, sql)->is_view = true;
}

static void free_table(struct sq_table *t)
{
	for (unsigned int level = 0; level < t->nlevels; level++)
		free(t->levels[level].data);
}

/* ---- beginning and end --------------------------------------------------------------------- */

void sq_begin(struct sq_file *file, int fd)
{
	*file = (struct sq_file){
		.fd = fd,
		.lock_page = (1u << 30) / SQ_PAGE + 1,
		.buffer = ut_xmalloc((size_t)BUFFER_PAGES * SQ_PAGE),
	};
	wr_text_room(&file->values, 1); /* a row of NULLs copies nothing from there */
	/* The first page is written last. */
	memset(next_page(file), 0, SQ_PAGE);
}

static void fill_file_header(const struct sq_file *f, unsigned char *page)
{
	memcpy(page, "SQLite format 3", 16);
	put16(page + 16, SQ_PAGE);
	page[18] = page[19] = 1; /* no write-ahead log */
	page[21] = 64;
	page[22] = page[23] = 32;
	put32(page + 24, 1); /* changes */
	put32(page + 28, f->pages);
	put32(page + 40, 1); /* changes of the schema */
	put32(page + 44, 4); /* its format */
	put32(page + 56, 1); /* UTF-8 */
	put32(page + 92, 1); /* changes when the size was right */
	put32(page + 96, 3040000);
}

static void add_schema_row(struct sq_file *f, unsigned int schema, const struct sq_table *t)
{
	const char *type = t->is_view ? "view" : "table";

	sq_text(f, type, strlen(type));
	sq_text(f, t->name, strlen(t->name));
	sq_text(f, t->name, strlen(t->name));
	sq_integer(f, t->root);
	sq_text(f, t->sql, strlen(t->sql));
	sq_add(f, schema, 0);
}

/* A page of the table of tables, in the file's first one: behind the file's header. */
static void write_first_page(struct sq_file *f, const struct sq_page *root, unsigned int level)
{
	unsigned char page[SQ_PAGE] = { 0 };
	uint32_t header = header_size(level);

	fill_file_header(f, page);
	fill_header(root, level, page + FILE_HEADER);
	memcpy(page + FILE_HEADER + header, root->data + header, 2 * (size_t)root->cells);
	memcpy(page + root->content, root->data + root->content, SQ_PAGE - root->content);
	write_at(f, (const char *)page, sizeof(page), 0);
}

/*
 * The root of the table of tables is the first page, which has less room than others. One row fits
 * there; several get pages of their own, of which there must be two at least: the first row is
 * alone.
 */
static void write_schema(struct sq_file *f)
{
	unsigned int count = f->ntables, schema = sq_table(f, "", ""), i;
	struct sq_table *t = &f->tables[schema];

	for (i = 0; i < count; i++)
		if (!f->tables[i].is_view)
			f->tables[i].root = finish_table(f, &f->tables[i]);
	for (i = 0; i < count; i++) {
		add_schema_row(f, schema, &f->tables[i]);
		if (i || count == 1)
			continue;
		add_child(f, t, 1, write_page(f, &t->levels[0], 0), t->rows);
		begin_page(&t->levels[0]);
	}
	if (count > 1)
		add_child(f, t, 1, write_page(f, &t->levels[0], 0), t->rows);
	flush(f);
	write_first_page(f, &t->levels[count > 1], count > 1);
}

int sq_end(struct sq_file *file)
{
	write_schema(file);
	for (unsigned int i = 0; i < file->ntables; i++)
		free_table(&file->tables[i]);
	wr_text_free(&file->types);
	wr_text_free(&file->values);
	wr_text_free(&file->row);
	free(file->buffer);
	return file->error;
}
