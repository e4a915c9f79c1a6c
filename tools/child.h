/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running the traced program: its start, held back until everything is ready for it, signals that
 * are its own, and its end, which becomes ours.
 */
#ifndef TOOLS_CHILD_H
#define TOOLS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid;
	int go_fd;    /* a byte starts the program */
	int error_fd; /* errno of a failed exec, or end of file */
	int status;   /* as waitpid gives it, once `ended` */
	bool ended;
	bool adopts;        /* see child_adopt */
	bool takes_usr2;    /* SIGUSR2 is for us */
	unsigned int asked; /* that it came */
};

/*
 * Forks. The child waits; child_go lets it run the program at `path` with the present environment.
 * From here on SIGINT and SIGQUIT are ignored (the terminal sends them to the program too), and
 * the signals that child_wait deals with are blocked. Returns 0 or a negative errno.
 */
int child_prepare(struct child *c, const char *path, char *const *argv);

/* Starts the program. Returns 0, or the errno of exec. */
int child_go(struct child *c);

/* The program is not to be started after all. */
void child_cancel(struct child *c);

/*
 * Sleeps for at most `us`, or until the program ends; meanwhile SIGTERM, SIGHUP, SIGUSR1 and
 * SIGUSR2 (unless it is taken) are handed on to it. True: it has ended.
 */
bool child_wait(struct child *c, unsigned int us);

/* The command has ended. Sleeps so long; true if somebody wants it all to end. */
bool child_interrupted(struct child *c, unsigned int us);

/*
 * From now on processes whose parents die become our children, until they end. Whether there are
 * any left is asked when the command itself has ended.
 */
void child_adopt(struct child *c);
bool child_others_run(struct child *c);

/* After the program: SIGINT and the others end us again. */
void child_signals_restore(void);

/* What we exit with: the program's status, or death by the same signal. Does not return then. */
int child_exit_like(int status);

#endif
