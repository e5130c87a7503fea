/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Two outcomes of the same stream: do they agree? */
#ifndef DIFF_JUDGE_H
#define DIFF_JUDGE_H

#include "peer.h"

/**
 * enum verdict - what is thought of two outcomes
 * @VERDICT_SAME: they agree
 * @VERDICT_ALLOWED: they do not, and a rule says why
 * @VERDICT_DIFFERENT: they do not
 */
enum verdict {
	VERDICT_SAME,
	VERDICT_ALLOWED,
	VERDICT_DIFFERENT,
};

enum verdict judge(struct peer *peers, const struct stream *stream, bool explains);
void judge_print_uses(void);

#endif
