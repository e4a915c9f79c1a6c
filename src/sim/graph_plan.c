/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running graphs. A plan is a graph in an order that its edges allow, with everything it needs: the
 * nodes run one after the other on the thread that serves the stream.
 */
#include "sim/graph.h"

#include <stdlib.h>
#include <string.h>

/* Conditionals are held so that a kernel can still set one after the graph was destroyed. */
static void clear_step(struct sim_step *step)
{
	if (step->op)
		sim_op_drop(step->op);
	if (step->conditional)
		sim_conditional_drop(step->conditional);
	for (unsigned int i = 0; i < step->body_count; i++)
		sim_plan_drop(step->bodies[i]);
	free(step->bodies);
}

void sim_plan_drop(struct sim_plan *plan)
{
	if (!plan || --plan->refs)
		return;
	for (unsigned int i = 0; i < plan->count; i++)
		clear_step(&plan->steps[i]);
	sim_keep_drop(plan->kept);
	free(plan);
}

static bool make_bodies(struct sim_step *step, CUgraph *graphs, unsigned int count)
{
	step->bodies = calloc(count, sizeof(*step->bodies));
	if (!step->bodies)
		return false;
	for (unsigned int i = 0; i < count; i++) {
		step->bodies[i] = sim_plan_make(graphs[i]);
		if (!step->bodies[i])
			return false;
		step->body_count++;
	}
	return true;
}

/*
 * A node that is switched off keeps its place, so that what depends on it still waits for what it
 * depended on.
 */
static bool make_step(struct sim_step *step, CUgraphNode node)
{
	struct sim_work *work = &node->work;

	step->type = work->type;
	if (node->disabled) {
		step->type = CU_GRAPH_NODE_TYPE_EMPTY;
		return true;
	}
	step->choice = work->choice;
	if (work->op) {
		step->op = work->op;
		sim_op_hold(step->op);
	}
	if (work->conditional) {
		step->conditional = work->conditional;
		step->conditional->refs++;
	}
	if (work->child)
		return make_bodies(step, &work->child, 1);
	return !work->body_count || make_bodies(step, work->bodies, work->body_count);
}

/*
 * One node after the other is one of the orders that the edges allow. Nothing runs side by side,
 * which a correct program cannot tell.
 */
struct sim_plan *sim_plan_make(CUgraph graph)
{
	struct sim_plan *plan = calloc(1, sizeof(*plan) + graph->count * sizeof(plan->steps[0]));
	CUgraphNode *order;
	bool ok = true;

	if (!plan)
		return NULL;
	plan->refs = 1;
	plan->kept = sim_keep_hold(graph->kept);
	if (sim_graph_order(graph, &order, NULL) != CUDA_SUCCESS) {
		sim_plan_drop(plan);
		return NULL;
	}
	for (unsigned int i = 0; ok && i < graph->count; i++) {
		plan->count = i + 1;
		ok = make_step(&plan->steps[i], order[i]);
	}
	free(order);
	if (!ok) {
		sim_plan_drop(plan);
		return NULL;
	}
	return plan;
}

/* Values with a default get it anew at each launch. */
static void assign(const struct sim_plan *plan)
{
	for (unsigned int i = 0; i < plan->count; i++) {
		const struct sim_step *step = &plan->steps[i];

		if (step->conditional && step->conditional->assign)
			step->conditional->value = step->conditional->initial;
		for (unsigned int j = 0; j < step->body_count; j++)
			assign(step->bodies[j]);
	}
}

/* Under the lock, because kernels of other streams may set the value. */
static unsigned int value_of(const struct sim_conditional *conditional, unsigned int *sets)
{
	unsigned int value;

	sim_lock();
	value = conditional->value;
	*sets = conditional->sets;
	sim_unlock();
	return value;
}

static void run_plan(const struct sim_plan *plan, CUstream stream);

/*
 * A body that does not set its loop's value would run for ever. On a device that is the program's
 * fault; here it may be for want of a C function, so such a loop ends after one round.
 */
static void run_loop(const struct sim_step *step, CUstream stream)
{
	unsigned int before, after;

	while (value_of(step->conditional, &before)) {
		run_plan(step->bodies[0], stream);
		value_of(step->conditional, &after);
		if (after == before || stream->ctx->sticky != CUDA_SUCCESS)
			break;
	}
}

static void run_conditional(const struct sim_step *step, CUstream stream)
{
	unsigned int sets, value, body;

	if (step->choice == CU_GRAPH_COND_TYPE_WHILE) {
		run_loop(step, stream);
		return;
	}
	value = value_of(step->conditional, &sets);
	body = step->choice == CU_GRAPH_COND_TYPE_SWITCH ? value : !value;
	if (body < step->body_count)
		run_plan(step->bodies[body], stream);
}

/* After a fault of a kernel the rest is left out, as a stream does. */
static void run_plan(const struct sim_plan *plan, CUstream stream)
{
	for (unsigned int i = 0; i < plan->count; i++) {
		const struct sim_step *step = &plan->steps[i];

		if (stream->ctx->sticky != CUDA_SUCCESS)
			return;
		if (step->conditional)
			run_conditional(step, stream);
		else if (step->body_count)
			run_plan(step->bodies[0], stream);
		else if (step->op && step->op->run)
			step->op->run(step->op, stream);
	}
}

/* The operation on the stream. It holds the plan, so the executable graph may go meanwhile. */
struct graph_op {
	struct sim_op op;
	struct sim_plan *plan;
};

static void run(struct sim_op *op, CUstream stream)
{
	const struct sim_plan *plan = ((struct graph_op *)op)->plan;

	sim_lock();
	assign(plan);
	sim_unlock();
	run_plan(plan, stream);
}

static void release(struct sim_op *op)
{
	sim_plan_drop(((struct graph_op *)op)->plan);
	free(op);
}

struct sim_op *sim_plan_op(struct sim_plan *plan)
{
	struct graph_op *op = calloc(1, sizeof(*op));

	if (!op)
		return NULL;
	op->op.kind = SIM_OP_GRAPH;
	op->op.refs = 1;
	op->op.run = run;
	op->op.release = release;
	op->plan = plan;
	plan->refs++;
	return &op->op;
}
