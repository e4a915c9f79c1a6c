/* SPDX-License-Identifier: Apache-2.0 */
/* `curtrace record`: runs a program and leaves a trace of its calls. */
#include "cmd.h"

#include <stdio.h>

#include "recording.h"

static const char usage[] =
	"Usage: curtrace record [OPTION]... COMMAND [ARGUMENT]...\n"
	"\n"
	"Runs COMMAND and records every CUDA call that it and its children make.\n"
	"The exit status is the command's; killed by a signal, record dies of the same.\n"
	"\n"
	"  -o, --output FILE       the trace; its form follows from the name's ending:\n"
	"                          .json, .json.gz or .ctr (native). In the name %p is the\n"
	"                          command's process id, %h the host, %r the rank in a job of\n"
	"                          mpirun, srun or torchrun, %q{VAR} a variable.\n"
	"                          Without it: curtrace.json, the one before becomes .old\n"
	"      --json=full         a JSON trace that carries everything: a native one can be made\n"
	"                          of it again (`curtrace export'); three times the size\n"
	"      --sim               use the simulated driver: no GPU is needed\n"
	"  -q, --quiet             no summary\n"
	"  -e, --trace WHAT        record only these calls: names, %domains, cuda*Async patterns,\n"
	"                          /expressions, separated by commas; ! in front: all but these\n"
	"  -e, --trace inject=SET:error=ERROR:when=FIRST[..LAST][+[STEP]]\n"
	"                          answer these calls of the functions in SET with an error, in\n"
	"                          the place of the driver; or hold them up: delay_enter=TIME,\n"
	"                          delay_exit=TIME\n"
	"      --layers LAYERS     which interfaces: runtime, driver (calls of libcuda by others\n"
	"                          than curtrace's runtime), nvtx (ranges), internal (the driver\n"
	"                          calls of curtrace's runtime); +LAYER and -LAYER change what\n"
	"                          is recorded otherwise: runtime,driver,nvtx\n"
	"      --delay TIME        begin to record so long after the start (100ms, 2s)\n"
	"      --duration TIME     record for so long; the program goes on without\n"
	"      --range cuda-profiler\n"
	"                          record between cudaProfilerStart and cudaProfilerStop only\n"
	"      --range nvtx:NAME   record only while an NVTX range of that name is open: its\n"
	"                          message, or DOMAIN/MESSAGE; a * at the end for any rest\n"
	"      --start-off         record nothing until `curtrace start' asks for it\n"
	"      --stacks[=WHAT]     record calls with their stacks: all, or those that WHAT names\n"
	"                          as -e does, or launch, alloc; `curtrace print -k' shows them\n"
	"      --stack-depth N     at most N frames, the innermost ones (default 64)\n"
	"      --python            stacks with the names of Python's functions (3.12 and later)\n"
	"      --torch             have PyTorch tell its operators and steps (ranges aten::...\n"
	"                          and ProfilerStep#N) in Python programs that import it\n"
	"      --kernel-args       record launches with the values that their kernels get;\n"
	"                          no trace has them without it\n"
	"      --buffer SIZE       ring of each thread (default 256K)\n"
	"      --buffer-total SIZE all rings together (default: half of what is free, at\n"
	"                          most 1G)\n"
	"      --overflow WHAT     when a ring is full: block (the default), drop, or\n"
	"                          overwrite: keep the newest calls of each thread\n"
	"      --block-timeout T   how long a call waits for room at most (default 1s; inf:\n"
	"                          for as long as there is somebody to make room)\n"
	"      --static=off        leave CUDA runtimes alone that are part of the program or its\n"
	"                          libraries (nvcc's default), or that it loads by path; on,\n"
	"                          the default: their functions are replaced by curtrace's in\n"
	"                          the memory of the program, and their calls are recorded\n"
	"      --flight[=TIME]     a flight recorder: keep what was recorded in the last TIME\n"
	"                          (default 10s), and make a trace of it when there is a reason;\n"
	"                          traces are numbered: curtrace.1.json, curtrace.2.json, ...\n"
	"      --trigger WHAT      the reasons: error (a call fails), slow:FUNCTIONS>TIME, signal\n"
	"                          (kills the command), failure (status not 0), exit; without\n"
	"                          it: signal,failure. SIGUSR2 to curtrace and `curtrace\n"
	"                          snapshot' always are\n"
	"      --max-dumps N       keep the newest N of these traces (default 10)\n"
	"      --wait-all          go on until every process of the command has ended, and\n"
	"                          not only the command itself; interrupt to end it sooner\n";

static const struct cmd_words words[] = {
	{ "json", "full" },
	{ "layers", "runtime driver nvtx +internal -driver" },
	{ "overflow", "block drop overwrite" },
	{ "range", "cuda-profiler nvtx:" },
	{ "stacks", "all launch alloc" },
	{ "trace", "all none inject=" },
	{ "trigger", "error signal failure exit slow:" },
	{ 0 },
};

static int record(int argc, char **argv)
{
	static struct recording r; /* large, and there is one */
	int status;

	if (!record_options_parse(argc, argv, &r.options))
		return CMD_ERROR;
	if (r.options.help) {
		fputs(usage, stdout);
		return CMD_OK;
	}
	status = recording_run(&r);
	return status ? status : child_exit_like(r.child.status);
}

const struct cmd cmd_record = {
	.name = "record",
	.synopsis = "run a program and record its CUDA calls",
	.usage = usage,
	.options = record_option_table,
	.words = words,
	.operand = CMD_PROGRAM,
	.run = record,
};
