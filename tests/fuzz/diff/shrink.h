/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A stream that shows a difference, made as short as it still does. */
#ifndef DIFF_SHRINK_H
#define DIFF_SHRINK_H

#include "judge.h"

void shrink(struct peer *peers, const struct stream *stream, struct stream *shortest);

#endif
