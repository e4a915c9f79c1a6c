/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON writer: exact values, and what the programs that read its files insist on. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "unit/reader/fixture.h"
#include "write/json.h"

static FILE *file;
static struct wr_json *json;
static struct ct_event event;
static struct ct_header header;
static char *text;
static cJSON *root;

static void setup(void)
{
	file = tmpfile();
	json = wr_json_open(fileno(file), false);
	header = (struct ct_header){
		.tool_version = "0.1.0",
		.host = "node1",
		.command = "./app",
		.start_realtime_ns = TB_REALTIME,
		.clock = "tsc",
		.overflow = "block",
		.complete = true,
	};
	event = (struct ct_event){
		.name = "cudaThing",
		.entry = "cudaThing",
		.domain = "thing",
		.pid = 10,
		.tid = 11,
		.start_ns = TB_REALTIME + 1478,
		.end_ns = TB_REALTIME + 5598,
		.result_kind = "status",
		.result_name = "cudaSuccess",
	};
}

static void teardown(void)
{
	cJSON_Delete(root);
	root = NULL;
	free(text);
	text = NULL;
	fclose(file);
}

/* An argument of the event to be written. */
static struct ct_arg *arg(const char *name, enum ct_kind kind)
{
	struct ct_arg *a = &event.args[event.nargs++];

	*a = (struct ct_arg){ .name = name, .type = "", .kind = kind, .known = true };
	return a;
}

static void parse(void)
{
	size_t size;

	ck_assert_int_eq(wr_json_end(json), 0);
	text = fx_read_file(fileno(file), &size);
	root = cJSON_ParseWithLengthOpts(text, size + 1, NULL, true);
	ck_assert_msg(root != NULL, "not JSON: %s", text);
}

/* Writes header and event; returns the args of the event. */
static const cJSON *written(void)
{
	ck_assert_int_eq(wr_json_header(json, &header), 0);
	ck_assert_int_eq(wr_json_event(json, &event), 0);
	parse();
	return cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(root, "traceEvents"), 0),
				   "args");
}

static const char *string_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	ck_assert_msg(cJSON_IsString(item), "no text %s", key);
	return item->valuestring;
}

static bool has(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key) != NULL;
}

static bool matches(const char *pattern)
{
	regex_t regex;
	bool found;

	ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NEWLINE | REG_NOSUB), 0);
	found = !regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	return found;
}

/* ---- the file ------------------------------------------------------------------------------ */

START_TEST(a_trace_without_events_is_valid)
{
	wr_json_header(json, &header);
	parse();
	ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(root, "traceEvents")), 0);
	ck_assert(cJSON_IsArray(cJSON_GetObjectItem(root, "deviceProperties")));
}
END_TEST

START_TEST(every_event_is_a_line_of_its_own)
{
	char *line, *rest;
	int n = 0;

	wr_json_header(json, &header);
	for (int i = 0; i < 3; i++)
		wr_json_event(json, &event);
	parse();
	rest = strstr(text, "\"traceEvents\": [\n") + strlen("\"traceEvents\": [\n");
	while ((line = strsep(&rest, "\n")) && line[0] == '{') {
		cJSON *object;

		line[strlen(line) - (line[strlen(line) - 1] == ',')] = '\0';
		object = cJSON_ParseWithOpts(line, NULL, true);
		ck_assert_ptr_nonnull(object);
		cJSON_Delete(object);
		n++;
	}
	ck_assert_int_eq(n, 3);
	ck_assert_str_eq(line, "]}");
}
END_TEST

START_TEST(compressed_output_unpacks_to_the_same)
{
	char plain[4096], unpacked[4096];
	ssize_t length;
	gzFile gz;
	FILE *other = tmpfile();
	struct wr_json *packed = wr_json_open(fileno(other), true);

	wr_json_header(json, &header);
	wr_json_header(packed, &header);
	ck_assert_int_eq(wr_json_end(json), 0);
	ck_assert_int_eq(wr_json_end(packed), 0);
	length = pread(fileno(file), plain, sizeof(plain), 0);
	lseek(fileno(other), 0, SEEK_SET);
	gz = gzdopen(dup(fileno(other)), "rb");
	ck_assert_int_eq(gzread(gz, unpacked, sizeof(unpacked)), length);
	ck_assert_mem_eq(plain, unpacked, (size_t)length);
	gzclose(gz);
	fclose(other);
}
END_TEST

START_TEST(a_full_disk_is_reported)
{
	int fd = open("/dev/full", O_WRONLY);
	struct wr_json *full = wr_json_open(fd, false);

	wr_json_header(full, &header);
	ck_assert_int_eq(wr_json_end(full), -ENOSPC);
	full = wr_json_open(fd, true);
	wr_json_header(full, &header);
	ck_assert_int_eq(wr_json_end(full), -ENOSPC);
	close(fd);
	ck_assert_int_eq(wr_json_end(json), 0);
}
END_TEST

START_TEST(the_first_error_stays)
{
	int fd = open("/dev/full", O_WRONLY), error = 0;
	struct wr_json *full = wr_json_open(fd, false);

	for (int i = 0; i < 100000 && !error; i++)
		error = wr_json_event(full, &event);
	ck_assert_int_eq(error, -ENOSPC);
	ck_assert_int_eq(wr_json_event(full, &event), -ENOSPC);
	ck_assert_int_eq(wr_json_end(full), -ENOSPC);
	close(fd);
	ck_assert_int_eq(wr_json_end(json), 0);
}
END_TEST

/* ---- the header ---------------------------------------------------------------------------- */

START_TEST(the_rank_stands_early_on_a_line_with_a_blank)
{
	header.rank = 3;
	header.world_size = 8;
	wr_json_header(json, &header);
	parse();
	/* How HTA looks for it, line by line. */
	ck_assert(matches("\"rank\":[[:space:]]+3"));
	ck_assert_int_lt(strstr(text, "distributedInfo") - text, 200);
}
END_TEST

START_TEST(without_a_rank_nothing_is_said_of_one)
{
	header.command = "echo '\"rank\": 5'";
	wr_json_header(json, &header);
	parse();
	ck_assert(!has(root, "distributedInfo"));
	ck_assert(!matches("\"rank\":[[:space:]]+[0-9]"));
}
END_TEST

START_TEST(the_base_is_a_quarter_of_a_year)
{
	const uint64_t quarter = 7889238ull * 1000000000;
	char expected[64];

	wr_json_header(json, &header);
	parse();
	snprintf(expected, sizeof(expected), "\"baseTimeNanoseconds\": %llu,\n",
		 (unsigned long long)(TB_REALTIME / quarter * quarter));
	ck_assert_ptr_nonnull(strstr(text, expected));
}
END_TEST

START_TEST(devices_have_numbers_as_numbers)
{
	const char *names[] = { "totalGlobalMem", "computeMajor", "uuid", "odd" };
	const char *values[] = { "150754820096", "9", "GPU-1", "007" };
	struct ct_device_info devices[] = {
		{ .ordinal = 1,
		  .name = "A",
		  .nproperties = 4,
		  .property_names = names,
		  .property_values = values },
		{ .process = 1,
		  .ordinal = 1,
		  .name = "A",
		  .nproperties = 4,
		  .property_names = names,
		  .property_values = values },
		{ .process = 1, .ordinal = 0, .name = "B" },
	};
	const cJSON *list, *device;

	header.devices = devices;
	header.ndevices = 3;
	wr_json_header(json, &header);
	parse();
	list = cJSON_GetObjectItem(root, "deviceProperties");
	/* The same device of another process is not repeated. */
	ck_assert_int_eq(cJSON_GetArraySize(list), 2);
	device = cJSON_GetArrayItem(list, 0);
	ck_assert_double_eq(cJSON_GetObjectItem(device, "id")->valuedouble, 1);
	ck_assert_double_eq(cJSON_GetObjectItem(device, "totalGlobalMem")->valuedouble,
			    150754820096.0);
	ck_assert_str_eq(string_of(device, "uuid"), "GPU-1");
	ck_assert_str_eq(string_of(device, "odd"), "007");
}
END_TEST

START_TEST(the_run_stands_in_metadata_and_other_data)
{
	struct ct_warning warning = { .code = "no-calls", .text = "nothing \"seen\"" };
	struct ct_fact fact = { .name = "cpu", .value = "Test CPU" };
	const cJSON *other;

	header.warnings = &warning;
	header.nwarnings = 1;
	header.facts = &fact;
	header.nfacts = 1;
	header.exit_status = 9;
	header.complete = false;
	wr_json_header(json, &header);
	parse();
	other = cJSON_GetObjectItem(root, "otherData");
	ck_assert_str_eq(string_of(other, "start_realtime_ns"), "1751328000000000000");
	ck_assert_str_eq(string_of(other, "host"), "node1");
	ck_assert(cJSON_IsFalse(cJSON_GetObjectItem(other, "complete")));
	ck_assert_str_eq(string_of(cJSON_GetArrayItem(cJSON_GetObjectItem(other, "warnings"), 0),
				   "text"),
			 "nothing \"seen\"");
	ck_assert_str_eq(string_of(cJSON_GetObjectItem(root, "metadata"), "command"), "./app");
	ck_assert_str_eq(string_of(cJSON_GetObjectItem(root, "metadata"), "cpu"), "Test CPU");
}
END_TEST

START_TEST(processes_are_named_before_all_events)
{
	struct ct_process_info processes[] = { { .pid = 10, .name = "one" },
					       { .pid = 20, .name = "two" } };
	const cJSON *events, *second;

	header.processes = processes;
	header.nprocesses = 2;
	wr_json_header(json, &header);
	parse();
	events = cJSON_GetObjectItem(root, "traceEvents");
	ck_assert_int_eq(cJSON_GetArraySize(events), 4);
	ck_assert_str_eq(string_of(cJSON_GetArrayItem(events, 0), "ph"), "M");
	ck_assert_str_eq(string_of(cJSON_GetArrayItem(events, 0), "name"), "process_name");
	second = cJSON_GetObjectItem(cJSON_GetArrayItem(events, 2), "args");
	ck_assert_str_eq(string_of(second, "name"), "two");
}
END_TEST

/* ---- calls --------------------------------------------------------------------------------- */

START_TEST(a_call_is_a_complete_event_with_exact_times)
{
	const cJSON *e;

	written();
	e = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "traceEvents"), 0);
	ck_assert_str_eq(string_of(e, "ph"), "X");
	ck_assert_str_eq(string_of(e, "cat"), "cuda_runtime");
	ck_assert_str_eq(string_of(e, "name"), "cudaThing");
	ck_assert_ptr_nonnull(strstr(text, "\"pid\":10,\"tid\":11,\"ts\":7806402000001.478,"
					   "\"dur\":4.120,"));
}
END_TEST

START_TEST(correlations_count_from_one)
{
	const cJSON *events, *e;
	int n = 0;

	wr_json_header(json, &header);
	for (int i = 0; i < 5; i++)
		wr_json_event(json, &event);
	parse();
	events = cJSON_GetObjectItem(root, "traceEvents");
	cJSON_ArrayForEach(e, events)
	{
		const cJSON *args = cJSON_GetObjectItem(e, "args");

		ck_assert_int_eq(cJSON_GetObjectItem(args, "correlation")->valueint, ++n);
	}
}
END_TEST

START_TEST(correlations_carry)
{
	wr_json_header(json, &header);
	for (int i = 0; i < 1001; i++)
		wr_json_event(json, &event);
	parse();
	ck_assert_ptr_nonnull(strstr(text, "\"correlation\":9}"));
	ck_assert_ptr_nonnull(strstr(text, "\"correlation\":10}"));
	ck_assert_ptr_nonnull(strstr(text, "\"correlation\":99}"));
	ck_assert_ptr_nonnull(strstr(text, "\"correlation\":100}"));
	ck_assert_ptr_nonnull(strstr(text, "\"correlation\":999}"));
	ck_assert_ptr_nonnull(strstr(text, "\"correlation\":1000}"));
	ck_assert_ptr_nonnull(strstr(text, "\"correlation\":1001}"));
}
END_TEST

/* Digits that many times share are not made anew for each. */
START_TEST(times_are_exact_wherever_they_lie)
{
	static const uint64_t times[] = { 0,
					  1,
					  999,
					  1000,
					  99999999,
					  100000000,
					  100000001,
					  199999999,
					  200000000,
					  7889237999999999,
					  7806402000001478 };
	uint64_t base = TB_REALTIME - TB_REALTIME % 7889238000000000;
	char wanted[80];

	wr_json_header(json, &header);
	for (size_t i = 0; i < 2 * sizeof(times) / sizeof(times[0]); i++) {
		event.start_ns = base + times[i / 2];
		event.end_ns = event.start_ns + times[i / 2];
		event.tid = 11 + (uint32_t)i;
		wr_json_event(json, &event);
	}
	parse();
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		snprintf(wanted, sizeof(wanted), "\"ts\":%ju.%03ju,\"dur\":%ju.%03ju,",
			 (uintmax_t)times[i] / 1000, (uintmax_t)times[i] % 1000,
			 (uintmax_t)times[i] / 1000, (uintmax_t)times[i] % 1000);
		ck_assert_msg(strstr(text, wanted) != NULL, "no %s in %s", wanted, text);
	}
}
END_TEST

/* Of threads, by number, that are one after the other two threads. */
START_TEST(calls_of_a_thread_nest)
{
	static const struct {
		uint64_t start, end;
	} calls[] = { { 0, 1000 }, { 100, 1500 }, { 200, 300 }, { 1000, 1100 }, { 1200, 1100 } };

	wr_json_header(json, &header);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		event.start_ns = TB_REALTIME + calls[i].start;
		event.end_ns = TB_REALTIME + calls[i].end;
		wr_json_event(json, &event);
	}
	/* That of another thread is none of theirs. */
	event.tid++;
	event.start_ns = TB_REALTIME + 900;
	event.end_ns = TB_REALTIME + 2900;
	wr_json_event(json, &event);
	parse();
	ck_assert(matches("000\\.000,\"dur\":1\\.000,"));
	ck_assert(matches("000\\.100,\"dur\":0\\.900,.*\"overlap_ns\":500,"));
	ck_assert(matches("000\\.200,\"dur\":0\\.100,.*\"cudaSuccess\",\"correlation\":3"));
	ck_assert(matches("001\\.000,\"dur\":0\\.100,"));
	ck_assert(matches("001\\.200,\"dur\":0\\.000,"));
	ck_assert(matches("\"tid\":12,.*\"dur\":2\\.000,.*\"cudaSuccess\",\"correlation\":6"));
}
END_TEST

START_TEST(no_process_or_thread_is_0)
{
	struct ct_process_info process = { .name = "app" };

	header.nprocesses = 1;
	header.processes = &process;
	event.pid = event.tid = 0;
	written();
	ck_assert(!matches("\"[pt]id\":0"));
	ck_assert(matches("\"pid\":2147483647,\"tid\":2147483647,"));
}
END_TEST

/* Where strings last, pointers are looked at, and no more. */
START_TEST(names_that_last_are_remembered_and_forgotten)
{
	static char name[] = "cudaFirst", key[] = "one", label[] = "a\"b", function[] = "f";
	static char *const words[] = { name, key, label, function };
	struct ct_arg *a = arg(key, CT_KIND_ENUM);

	a->label = label;
	event.lasting = true;
	event.name = name;
	event.caller = 5;
	event.caller_module = "/lib/x.so";
	event.caller_function = function;
	wr_json_header(json, &header);
	for (int i = 0; i < 3; i++)
		wr_json_event(json, &event);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		words[i][0] = 'Z';
	wr_json_forget(json);
	wr_json_event(json, &event);
	/* As any other it may point to what is gone with the next event. */
	event.lasting = false;
	wr_json_event(json, &event);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		words[i][0] = 'Y';
	wr_json_event(json, &event);
	parse();
	for (int i = 0; i < 6; i++) {
		static const char *const wanted[] = {
			"\"cudaFirst\"*\"one\":\"a\\\"b\"*\"caller_function\":\"f+0x0\"",
			"\"ZudaFirst\"*\"Zne\":\"Z\\\"b\"*\"caller_function\":\"Z+0x0\"",
			"\"YudaFirst\"*\"Yne\":\"Y\\\"b\"*\"caller_function\":\"Y+0x0\"",
		};
		const char *rest = wanted[i < 3 ? 0 : i < 5 ? 1 : 2];
		char *part, *parts = strdup(rest), *next = parts, *line = text;

		for (int n = 0; n <= i; n++)
			line = strstr(line + 1, "{\"ph\":\"X\"");
		while ((part = strsep(&next, "*"))) {
			const char *found = strstr(line, part);

			ck_assert_msg(found && found < strchr(line, '\n'), "no %s in %s", part,
				      line);
		}
		free(parts);
	}
}
END_TEST

/* So many that they take each other's places, and longer ones than are kept. */
START_TEST(many_names_keep_apart)
{
	static char names[10000][24];
	static char large[3][9000];
	const cJSON *events, *e;
	int i = 0;

	for (i = 0; i < 3; i++)
		memset(large[i], 'a' + i, sizeof(large[i]) - 1 - (size_t)i);
	wr_json_header(json, &header);
	event.lasting = true;
	for (i = 0; i < 10000; i++)
		snprintf(names[i], sizeof(names[i]), "cuda%d", i);
	for (i = 0; i < 20000; i++) {
		event.name = names[i % 10000];
		event.caller = (uint64_t)(i % 10000) + 1;
		wr_json_event(json, &event);
	}
	for (i = 0; i < 6; i++) {
		event.name = large[i % 3];
		wr_json_event(json, &event);
	}
	parse();
	events = cJSON_GetObjectItem(root, "traceEvents");
	i = 0;
	cJSON_ArrayForEach(e, events)
	{
		char caller[24];

		if (i >= 20000) {
			ck_assert_str_eq(string_of(e, "name"), large[(i - 20000) % 3]);
		} else {
			snprintf(caller, sizeof(caller), "0x%x", (unsigned int)(i % 10000) + 1);
			ck_assert_str_eq(string_of(e, "name"), names[i % 10000]);
			ck_assert_str_eq(string_of(cJSON_GetObjectItem(e, "args"), "caller"),
					 caller);
		}
		i++;
	}
	ck_assert_int_eq(i, 20006);
}
END_TEST

/* Some of so many have one place for what they are as a key and as a value. */
START_TEST(a_name_is_told_from_itself_in_another_role)
{
	static char names[15000][2];
	struct ct_arg *a = arg("", CT_KIND_ENUM);

	wr_json_header(json, &header);
	event.lasting = true;
	for (size_t i = 0; i < 15000; i++) {
		names[i][0] = 'x';
		a->name = a->label = names[i];
		wr_json_event(json, &event);
	}
	parse();
	ck_assert(!strstr(text, "\"x\":\"x\":"));
	ck_assert(!strstr(text, "{\"x\","));
}
END_TEST

START_TEST(a_stream_is_never_a_number_called_stream)
{
	const cJSON *args;

	arg("stream", CT_KIND_INT)->value.i = 7;
	args = written();
	ck_assert(!has(args, "stream"));
	ck_assert_str_eq(string_of(args, "hStream"), "0x7");
}
END_TEST

START_TEST(a_device_may_be_a_number)
{
	arg("device", CT_KIND_INT)->value.i = 1;
	ck_assert_int_eq(cJSON_GetObjectItem(written(), "device")->valueint, 1);
}
END_TEST

START_TEST(arguments_called_like_our_keys_stand_aside)
{
	const cJSON *args;

	arg("result", CT_KIND_INT)->value.i = 5;
	arg("kernel", CT_KIND_KERNEL)->label = "axpy";
	args = written();
	ck_assert_int_eq(cJSON_GetObjectItem(args, "result_")->valueint, 5);
	ck_assert_str_eq(string_of(args, "result"), "cudaSuccess");
	ck_assert_str_eq(string_of(args, "kernel_"), "0x0");
	ck_assert_str_eq(string_of(args, "kernel"), "axpy");
}
END_TEST

START_TEST(numbers_that_a_double_does_not_hold_are_text)
{
	const cJSON *args;

	arg("small", CT_KIND_UINT)->value.u = (1ull << 53) - 1;
	arg("large", CT_KIND_SIZE)->value.u = 1ull << 53;
	arg("low", CT_KIND_INT)->value.i = INT64_MIN;
	arg("minus", CT_KIND_INT)->value.i = -5;
	args = written();
	ck_assert_double_eq(cJSON_GetObjectItem(args, "small")->valuedouble, 9007199254740991.0);
	ck_assert_str_eq(string_of(args, "large"), "9007199254740992");
	ck_assert_str_eq(string_of(args, "low"), "-9223372036854775808");
	ck_assert_int_eq(cJSON_GetObjectItem(args, "minus")->valueint, -5);
}
END_TEST

START_TEST(addresses_enumerators_and_triples_have_their_forms)
{
	const cJSON *args;
	struct ct_arg *a;

	arg("ptr", CT_KIND_PTR)->value.u = 0x7f00deadbeef;
	arg("event", CT_KIND_HANDLE)->value.u = 0;
	arg("kind", CT_KIND_ENUM)->label = "cudaMemcpyHostToDevice";
	arg("odd", CT_KIND_ENUM)->value.i = -3;
	arg("flags", CT_KIND_FLAGS)->label = "A|B|0x40";
	a = arg("grid", CT_KIND_DIM3);
	a->value.xyz[0] = 4294967295u;
	a->value.xyz[2] = 1;
	args = written();
	ck_assert_str_eq(string_of(args, "ptr"), "0x7f00deadbeef");
	ck_assert_str_eq(string_of(args, "event"), "0x0");
	ck_assert_str_eq(string_of(args, "kind"), "cudaMemcpyHostToDevice");
	ck_assert_int_eq(cJSON_GetObjectItem(args, "odd")->valueint, -3);
	ck_assert_str_eq(string_of(args, "flags"), "A|B|0x40");
	ck_assert_ptr_nonnull(strstr(text, "\"grid\":[4294967295,0,1]"));
}
END_TEST

START_TEST(floats_are_short_and_exact)
{
	arg("f", CT_KIND_FLOAT)->value.f = 0.1f;
	arg("d", CT_KIND_FLOAT)->value.f = 0.1;
	arg("n", CT_KIND_FLOAT)->value.f = __builtin_nan("");
	arg("i", CT_KIND_FLOAT)->value.f = -__builtin_inf();
	written();
	ck_assert_ptr_nonnull(strstr(text, "\"f\":0.1,\"d\":0.1,\"n\":\"nan\",\"i\":\"-inf\","));
}
END_TEST

START_TEST(any_bytes_become_valid_text)
{
	const cJSON *args;

	arg("name", CT_KIND_STR)->text =
		"a\"b\\c\n\x01\x7f\xff\xc0\x80\xed\xa0\x80\xe2\x82\xac\xc2\x9b";
	args = written();
	ck_assert_str_eq(string_of(args, "name"),
			 "a\"b\\c\n\x01\x7f\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
			 "\xef\xbf\xbd\xef\xbf\xbd\xe2\x82\xac\xc2\x9b");
	ck_assert_ptr_nonnull(strstr(text, "\\n\\u0001\\u007f"));
	ck_assert_ptr_nonnull(strstr(text, "\\u009b"));
}
END_TEST

/* Text is copied by eights, fours and ones. */
START_TEST(a_special_character_is_seen_in_every_place)
{
	static const char special[] = { '"', '\\', '\n', 0x01, 0x1f, 0x7f };
	char words[20][21];

	for (size_t i = 0; i < sizeof(special); i++)
		for (size_t length = 1; length < sizeof(words[0]); length++) {
			const cJSON *args;

			event.nargs = 0;
			for (size_t at = 0; at < length; at++) {
				memset(words[at], '~', length);
				words[at][at] = special[i];
				words[at][length] = '\0';
				arg(words[at] + length, CT_KIND_STR)->text = words[at];
			}
			args = written();
			for (size_t at = 0; at < length; at++)
				ck_assert_str_eq(cJSON_GetArrayItem(args, (int)at)->valuestring,
						 words[at]);
			/* cJSON takes raw ones too. */
			ck_assert(strchr("\"\\\n", special[i]) || !strchr(text, special[i]));
			teardown();
			setup();
		}
}
END_TEST

START_TEST(a_text_longer_than_any_buffer_is_whole)
{
	char *large = malloc(1000001);

	memset(large, 'x', 1000000);
	large[1000000] = '\0';
	arg("name", CT_KIND_STR)->text = large;
	ck_assert_str_eq(string_of(written(), "name"), large);
	free(large);
}
END_TEST

START_TEST(a_text_that_was_cut_ends_in_an_ellipsis)
{
	struct ct_arg *a = arg("name", CT_KIND_STR);

	a->text = "abc";
	a->truncated = true;
	ck_assert_str_eq(string_of(written(), "name"), "abc\xe2\x80\xa6");
}
END_TEST

START_TEST(outputs_of_a_failed_call_are_absent)
{
	const cJSON *args;

	arg("devPtr", CT_KIND_PTR)->known = false;
	event.result = 2;
	event.result_name = "cudaErrorMemoryAllocation";
	args = written();
	ck_assert(!has(args, "devPtr"));
	ck_assert_str_eq(string_of(args, "result"), "cudaErrorMemoryAllocation");
	ck_assert_int_eq(cJSON_GetObjectItem(args, "result_code")->valueint, 2);
}
END_TEST

START_TEST(a_status_without_a_name_is_a_number)
{
	const cJSON *args;

	event.result = 12345;
	event.result_name = NULL;
	args = written();
	ck_assert_int_eq(cJSON_GetObjectItem(args, "result")->valueint, 12345);
	ck_assert_int_eq(cJSON_GetObjectItem(args, "result_code")->valueint, 12345);
}
END_TEST

START_TEST(a_void_function_has_no_result)
{
	event.result_kind = "void";
	ck_assert(!has(written(), "result"));
}
END_TEST

START_TEST(a_call_in_flight_is_marked_and_has_no_result)
{
	const cJSON *args;

	event.flags = CT_EVENT_IN_FLIGHT;
	args = written();
	ck_assert(cJSON_IsTrue(cJSON_GetObjectItem(args, "in_flight")));
	ck_assert(!has(args, "result"));
}
END_TEST

START_TEST(a_twin_is_named_beside_the_function)
{
	event.flags = CT_EVENT_PER_THREAD;
	event.entry = "cudaThing_ptsz";
	ck_assert_str_eq(string_of(written(), "api"), "cudaThing_ptsz");
	ck_assert_ptr_nonnull(strstr(text, "\"name\":\"cudaThing\""));
}
END_TEST

/* HTA and TraceLens count launches by the function's name. */
START_TEST(a_launch_by_the_compilers_entry_has_the_functions_name)
{
	const cJSON *args;

	event.name = event.entry = "__cudaLaunchKernel";
	args = written();
	ck_assert_str_eq(string_of(args, "api"), "__cudaLaunchKernel");
	ck_assert_ptr_nonnull(strstr(text, "\"name\":\"cudaLaunchKernel\""));
}
END_TEST

START_TEST(a_caller_is_a_file_and_an_offset)
{
	event.caller = 0x401234;
	event.caller_module = "/opt/my lib/libfoo.so";
	event.caller_offset = 0x1234;
	ck_assert_str_eq(string_of(written(), "caller"), "libfoo.so+0x1234");
}
END_TEST

START_TEST(a_caller_in_no_file_is_an_address)
{
	event.caller = 0x401234;
	ck_assert_str_eq(string_of(written(), "caller"), "0x401234");
}
END_TEST

START_TEST(two_kernels_of_a_call_give_one_key)
{
	const cJSON *args, *item;
	int kernels = 0;

	arg("a", CT_KIND_KERNEL)->label = "first";
	arg("b", CT_KIND_KERNEL)->label = "second";
	args = written();
	cJSON_ArrayForEach(item, args) kernels += !strcmp(item->string, "kernel");
	ck_assert_int_eq(kernels, 1);
	ck_assert_str_eq(string_of(args, "kernel"), "first");
}
END_TEST

/* ---- other events -------------------------------------------------------------------------- */

START_TEST(a_loss_is_an_instant_of_its_thread)
{
	const cJSON *e, *args;

	event.type = CT_EVENT_LOSS;
	event.lost_full = 4;
	event.lost_reentered = 1;
	args = written();
	e = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "traceEvents"), 0);
	ck_assert_str_eq(string_of(e, "ph"), "i");
	ck_assert_str_eq(string_of(e, "s"), "t");
	ck_assert_int_eq(cJSON_GetObjectItem(e, "tid")->valueint, 11);
	ck_assert_int_eq(cJSON_GetObjectItem(args, "full")->valueint, 4);
	ck_assert_int_eq(cJSON_GetObjectItem(args, "reentered")->valueint, 1);
}
END_TEST

START_TEST(a_thread_is_named_and_has_its_place)
{
	const cJSON *events;

	event.type = CT_EVENT_THREAD;
	event.thread_name = "worker";
	ck_assert_str_eq(string_of(written(), "name"), "worker");
	events = cJSON_GetObjectItem(root, "traceEvents");
	ck_assert_str_eq(string_of(cJSON_GetArrayItem(events, 0), "name"), "thread_name");
	ck_assert_str_eq(string_of(cJSON_GetArrayItem(events, 1), "name"), "thread_sort_index");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("write/json");
	TCase *t = tcase_create("json");

	suite_add_tcase(suite, t);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_trace_without_events_is_valid);
	tcase_add_test(t, every_event_is_a_line_of_its_own);
	tcase_add_test(t, compressed_output_unpacks_to_the_same);
	tcase_add_test(t, a_full_disk_is_reported);
	tcase_add_test(t, the_first_error_stays);
	tcase_add_test(t, the_rank_stands_early_on_a_line_with_a_blank);
	tcase_add_test(t, without_a_rank_nothing_is_said_of_one);
	tcase_add_test(t, the_base_is_a_quarter_of_a_year);
	tcase_add_test(t, devices_have_numbers_as_numbers);
	tcase_add_test(t, the_run_stands_in_metadata_and_other_data);
	tcase_add_test(t, processes_are_named_before_all_events);
	tcase_add_test(t, a_call_is_a_complete_event_with_exact_times);
	tcase_add_test(t, correlations_count_from_one);
	tcase_add_test(t, correlations_carry);
	tcase_add_test(t, times_are_exact_wherever_they_lie);
	tcase_add_test(t, calls_of_a_thread_nest);
	tcase_add_test(t, no_process_or_thread_is_0);
	tcase_add_test(t, names_that_last_are_remembered_and_forgotten);
	tcase_add_test(t, many_names_keep_apart);
	tcase_add_test(t, a_name_is_told_from_itself_in_another_role);
	tcase_add_test(t, a_stream_is_never_a_number_called_stream);
	tcase_add_test(t, a_device_may_be_a_number);
	tcase_add_test(t, arguments_called_like_our_keys_stand_aside);
	tcase_add_test(t, numbers_that_a_double_does_not_hold_are_text);
	tcase_add_test(t, addresses_enumerators_and_triples_have_their_forms);
	tcase_add_test(t, floats_are_short_and_exact);
	tcase_add_test(t, any_bytes_become_valid_text);
	tcase_add_test(t, a_special_character_is_seen_in_every_place);
	tcase_add_test(t, a_text_longer_than_any_buffer_is_whole);
	tcase_add_test(t, a_text_that_was_cut_ends_in_an_ellipsis);
	tcase_add_test(t, outputs_of_a_failed_call_are_absent);
	tcase_add_test(t, a_status_without_a_name_is_a_number);
	tcase_add_test(t, a_void_function_has_no_result);
	tcase_add_test(t, a_call_in_flight_is_marked_and_has_no_result);
	tcase_add_test(t, a_twin_is_named_beside_the_function);
	tcase_add_test(t, a_launch_by_the_compilers_entry_has_the_functions_name);
	tcase_add_test(t, a_caller_is_a_file_and_an_offset);
	tcase_add_test(t, a_caller_in_no_file_is_an_address);
	tcase_add_test(t, two_kernels_of_a_call_give_one_key);
	tcase_add_test(t, a_loss_is_an_instant_of_its_thread);
	tcase_add_test(t, a_thread_is_named_and_has_its_place);
	return fx_run(suite);
}
