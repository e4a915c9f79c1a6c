/* SPDX-License-Identifier: Apache-2.0 */
/* What a usage is asked for, and the words for it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "analysis/memory_internal.h"

const struct an_kind *an_usage_kinds(const struct an_usage *usage)
{
	return usage->kinds;
}

const struct an_kind *an_usage_device_memory(const struct an_usage *usage)
{
	return &usage->device;
}

const struct an_kind *an_usage_host_memory(const struct an_usage *usage)
{
	return &usage->host;
}

const struct an_device *an_usage_devices(const struct an_usage *usage, size_t *count)
{
	*count = usage->ndevices;
	return usage->devices;
}

const struct an_holder *const *an_usage_holders(const struct an_usage *usage, size_t *count)
{
	*count = usage->nholders;
	return usage->by_bytes;
}

const struct an_holder *const *an_usage_churn(const struct an_usage *usage, size_t *count)
{
	*count = usage->nchurn;
	return usage->by_churn;
}

const struct an_route *an_usage_routes(const struct an_usage *usage, size_t *count)
{
	*count = usage->nroutes;
	return usage->routes;
}

const struct an_finding *an_usage_findings(const struct an_usage *usage, size_t *count)
{
	*count = usage->nfindings;
	return usage->findings;
}

uint64_t an_usage_first_ns(const struct an_usage *usage)
{
	return usage->first_ns;
}

uint64_t an_usage_last_ns(const struct an_usage *usage)
{
	return usage->last_ns;
}

uint64_t an_usage_lost(const struct an_usage *usage)
{
	uint64_t counted = usage->header->lost;

	return usage->lost > counted ? usage->lost : counted;
}

bool an_usage_is_whole(const struct an_usage *usage)
{
	const struct ct_header *header = usage->header;

	return header->complete && (header->exit_status < 0 || WIFEXITED(header->exit_status));
}

const char *an_host_memory_name(enum an_host_memory memory)
{
	static const char *const names[AN_HOST_MEMORIES] = {
		[AN_HOST_NONE] = "",
		[AN_HOST_PAGEABLE] = "pageable",
		[AN_HOST_PINNED] = "pinned",
		[AN_HOST_MANAGED] = "managed",
	};

	return memory < AN_HOST_MEMORIES ? names[memory] : "";
}

const char *an_caller_text(const char *module, uint64_t offset, const char *function,
			   uint64_t function_offset, char *text, size_t size)
{
	const char *slash = module ? strrchr(module, '/') : NULL,
		   *base = slash ? slash + 1 : module;

	if (function && module)
		snprintf(text, size, "%s+0x%" PRIx64 " (%s)", function, function_offset, base);
	else if (function)
		snprintf(text, size, "%s+0x%" PRIx64, function, function_offset);
	else if (module)
		snprintf(text, size, "%s+0x%" PRIx64, base, offset);
	else
		snprintf(text, size, "not known");
	return text;
}
