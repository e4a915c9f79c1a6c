/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a command line is nobody's business. A trace is handed around, so that rather too much is
 * masked than too little:
 *
 *	--NAME VALUE, --NAME=VALUE, NAME=VALUE, NAME: VALUE
 *		the value, if the name holds token, secret, password, passwd, passphrase, pwd,
 *		credential, key, auth, bearer, cookie or signature, or is pass, pat, pw or sig; also
 *		in the middle of a word, as in a URL's parameters or a script behind sh -c
 *	-u, --user, --proxy-user NAME:VALUE
 *		what follows the colon
 *	SCHEME://NAME:VALUE@HOST, SCHEME://VALUE@HOST
 *		what stands before the @
 *	bearer VALUE, and words in the form of well-known tokens
 *		AWS (AKIA..., ASIA...), GitHub (ghp_..., github_pat_...), GitLab (glpat-...),
 *		Hugging Face (hf_...), Slack (xoxb-...), OpenAI and others (sk-...), JSON web
 *		tokens (eyJ...)
 */
#ifndef COLLECT_MASK_H
#define COLLECT_MASK_H

#include <stdbool.h>

/* Stands in a masked word for what was there; in none that was not masked. */
#define COL_MASKED '\x01'

struct col_mask {
	bool value; /* the next word is a value to be masked */
	bool user;  /* the next word may be NAME:VALUE */
};

/* The next word of a command line, masked; to be freed. `mask`: all zero before the first one. */
char *col_mask_word(struct col_mask *mask, const char *word);

#endif
