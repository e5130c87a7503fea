// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* manage: settings are changed, and connections listed and closed, over netlink. */
#include "control.h"
#include "model.h"
#include "steps.h"

#define LIMIT (64 << 20)

static void manage_before(void)
{
	steps_begin(false);
	control_listen_v4();
}

/* It answers, so it is there. */
static void open_one(void)
{
	int tries = 0;

	while (!model_ask("get fault-none\r\n", "END\r\n"))
		if (++tries == CONTROL_TRIES)
			wrong("no get is answered");
}

/* @all: by a request that names nobody. */
static void close_one(bool all)
{
	unsigned int id;

	open_one();
	id = control_find_conn(model_port());
	if (!all && !id)
		return;
	if (!control_disconnect(all ? 0 : id))
		model_expect_end();
}

static void manage_run(void)
{
	control_set_numbers(true);
	control_show_numbers(true);
	control_set_inline(false);
	open_one();
	control_set_inline(true);
	control_set_limit(LIMIT / 2);
	control_set_limit(LIMIT);
	close_one(false);
	close_one(true);
	control_show_listeners(1);
	control_set_numbers(false);
}

static void manage_after(void)
{
	control_set_limit(LIMIT);
	control_set_numbers(false);
	control_show_numbers(false);
	control_set_inline(true);
	steps_end(1);
}

const struct scenario manage_scenario = {
	"manage", "settings are changed, connections listed and closed", "kmc_message_reply",
	manage_before, manage_run, manage_after
};
