/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Graphs: nodes with edges, executable copies of them, and what the entry points for single kinds
 * of node share. The parameters of every node travel as CUgraphNodeParams; what a node does is a
 * struct sim_op, the same that a stream would have run, which is never changed once made: new
 * parameters make a new operation, so a running launch keeps what it was launched with.
 */
#ifndef SIM_GRAPH_H
#define SIM_GRAPH_H

#include "sim/launch.h"
#include "sim/op.h"

struct sim_edge {
	CUgraphNode node; /* the one depended on */
	CUgraphEdgeData data;
};

struct sim_edges {
	struct sim_edge *at;
	unsigned int count;
	unsigned int room;
};

/* What a node does. */
struct sim_work {
	CUgraphNodeType type;
	struct sim_op *op; /* NULL for an empty node, a child graph, a conditional */
	CUgraph child;     /* owned */
	/* A conditional node: its value, its kind, and the graphs to choose from. */
	struct sim_conditional *conditional;
	CUgraphConditionalNodeType choice;
	CUgraph *bodies;
	unsigned int body_count;
};

struct CUgraphNode_st {
	CUgraph graph;
	struct sim_work work;
	struct sim_edges deps;
	unsigned long long id;     /* never used twice */
	unsigned long long origin; /* the id of the node that it was cloned from, or 0 */
	bool disabled;             /* in an executable graph */
	bool instantiated;         /* at least once */
	unsigned int index;        /* scratch: place in some order */
	unsigned int mark;         /* scratch: visited in round number mark */
	CUgraphNode next;          /* in order of creation */
	CUgraphNode previous;
};

struct CUgraph_st {
	unsigned long long id;
	CUgraphNode first;
	CUgraphNode last;
	unsigned int count;
	unsigned int memory_nodes;   /* allocations and frees among the nodes */
	unsigned int execs;          /* executable graphs made of it that live */
	bool is_exec;                /* an executable graph's own copy: no handles */
	CUgraphNode owner;           /* the node whose child it is */
	struct sim_capture *capture; /* that adds to it */
	struct sim_keep *kept;       /* user objects */
	struct sim_conditional *conditionals;
};

/* A value that kernels set and conditional nodes look at. */
struct sim_conditional {
	unsigned int refs;
	CUgraphConditionalHandle handle;
	unsigned int initial;
	bool assign; /* initial is assigned at each launch */
	unsigned int value;
	unsigned int sets;                 /* counts the times that a kernel set it */
	bool used;                         /* by a node */
	struct sim_conditional *next;      /* of the same graph */
	struct sim_conditional *next_live; /* all that live */
};

/* A graph made ready to run: in order, and independent of what happens to nodes and graphs. */
struct sim_step {
	CUgraphNodeType type;
	struct sim_op *op;
	struct sim_conditional *conditional;
	CUgraphConditionalNodeType choice;
	struct sim_plan **bodies; /* a child graph has one */
	unsigned int body_count;
};

struct sim_plan {
	unsigned int refs;
	struct sim_keep *kept;
	unsigned int count;
	struct sim_step steps[];
};

struct CUgraphExec_st {
	CUgraph graph;  /* its own copy */
	CUgraph source; /* the one it was made of: only looked at while it lives */
	unsigned long long source_id;
	cuuint64_t flags;
	struct sim_plan *plan; /* NULL: to be made at the next launch */
	CUgraphExec next;
};

/* graph.c */
bool sim_graph_ok(CUgraph graph);
bool sim_node_ok(CUgraphNode node);
CUgraph sim_graph_new(bool is_exec);
void sim_graph_free(CUgraph graph);
/* NULL: out of memory. The nodes' work is shared, the graphs in it are cloned. */
CUgraph sim_graph_clone(CUgraph graph, bool is_exec);
/* What the application may have cloned; an executable graph's copy has no such limits. */
bool sim_graph_can_clone(CUgraph graph);
/* The node of graph, or of a graph in it, that was cloned from the one with this id. */
CUgraphNode sim_graph_find(CUgraph graph, unsigned long long origin, bool deep);
/* Nodes so that each stands behind all that it depends on; *order is malloc'ed. */
CUresult sim_graph_order(CUgraph graph, CUgraphNode **order, CUgraphNode *bad);
/* Takes over the work, also where it fails. */
CUresult sim_graph_add(CUgraph graph, const struct sim_edge *deps, unsigned int count,
		       struct sim_work *work, CUgraphNode *node);

/* graph_edge.c */
bool sim_edges_add(struct sim_edges *edges, CUgraphNode node, const CUgraphEdgeData *data);
bool sim_edges_have(const struct sim_edges *edges, CUgraphNode node);
bool sim_edge_plain(const CUgraphEdgeData *data);
void sim_edges_free(struct sim_edges *edges);
/* Dependencies as entry points take them, checked; *edges is malloc'ed (NULL for none). */
CUresult sim_edges_read(CUgraph graph, const CUgraphNode *nodes, const CUgraphEdgeData *data,
			size_t count, struct sim_edge **edges);

/* graph_work.c: the work of a node with these parameters; ctx is current, or NULL. */
CUresult sim_work_make(CUcontext ctx, CUgraph graph, CUgraphNodeParams *params,
		       struct sim_work *work);
void sim_work_clear(struct sim_work *work);
CUresult sim_work_clone(const struct sim_work *from, bool is_exec, struct sim_work *to);
/* Work of the same type with other parameters, and the same put in the place of the node's. */
CUresult sim_work_remake(CUcontext ctx, CUgraphNode node, CUgraphNodeParams *params,
			 struct sim_work *work);
CUresult sim_work_change(CUcontext ctx, CUgraphNode node, CUgraphNodeParams *params);
struct sim_op *sim_free_op(CUdeviceptr dptr);
/* An allocation's memory goes with its operation. */
void sim_alloc_op_own(struct sim_op *op);

/* graph_node.c */
CUresult sim_node_add(CUcontext ctx, CUgraph graph, const CUgraphNode *deps,
		      const CUgraphEdgeData *data, size_t count, CUgraphNodeParams *params,
		      CUgraphNode *node);

/* graph_exec.c: the executable graph's node for this node; NULL if there is none. */
bool sim_exec_ok(CUgraphExec exec);
CUgraphNode sim_exec_node(CUgraphExec exec, CUgraphNode node);
void sim_exec_changed(CUgraphExec exec);
CUresult sim_exec_set(CUcontext ctx, CUgraphExec exec, CUgraphNode node, CUgraphNodeParams *params);

/* graph_update.c: may a node of an executable graph go on with this work? */
CUgraphExecUpdateResult sim_work_fits(const struct sim_work *old, const struct sim_work *new);
/* Takes over the work of a graph's nodes where all fit; else tells what does not. */
CUgraphExecUpdateResult sim_exec_adopt(CUgraph own, CUgraph graph, CUgraphNode *bad);

/* graph_plan.c */
struct sim_plan *sim_plan_make(CUgraph graph);
void sim_plan_drop(struct sim_plan *plan);
struct sim_op *sim_plan_op(struct sim_plan *plan); /* that runs it once */

/* graph_memory.c: the state of allocations; of new memory, and when a graph is launched. */
void sim_graph_memory_made(CUdeviceptr dptr);
void sim_graph_memory_gone(CUdeviceptr dptr);
void sim_graph_memory_freed(CUdeviceptr dptr); /* by the application, not in stream order */
CUresult sim_graph_memory_launch(CUgraph graph, bool auto_free);

/* graph_conditional.c */
struct sim_conditional *sim_conditional_find(CUgraph graph, CUgraphConditionalHandle handle);
void sim_conditional_drop(struct sim_conditional *conditional);

/* user_object.c: references that graphs hold on user objects, counted together. */
struct sim_keep *sim_keep_new(void);
struct sim_keep *sim_keep_hold(struct sim_keep *keep);
struct sim_keep *sim_keep_copy(const struct sim_keep *keep); /* NULL: none, or no memory */
void sim_keep_drop(struct sim_keep *keep);

/* graph_kernel.c: an attribute that is a number; 0 where it was not set. */
int sim_kernel_flag(const struct sim_kernel_op *op, CUkernelNodeAttrID id);

/* capture.c */
void sim_capture_invalidate(struct sim_capture *capture);
bool sim_capture_valid(const struct sim_capture *capture);

#endif /* SIM_GRAPH_H */
