/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Events that happen where nobody can wait. A leaf: includes nothing of the module. */
#ifndef KMC_EVENTS_H
#define KMC_EVENTS_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/kmemcached.h>
#include <linux/workqueue.h>

/* The same event is told at most once in this time. */
#define KMC_EVENTS_INTERVAL HZ

/**
 * struct kmc_events - events of one server that are to be told
 *
 * **Lifetime**: embedded in the server, which cancels @work when nobody raises
 * events any more.
 *
 * **Locking**: none: members are changed by atomic operations, from any context.
 *
 * @work: tells them
 * @raised: those that are to be told, a bit each
 * @quiet_until: by event, in jiffies: until then it is not told again
 */
struct kmc_events {
	struct work_struct	work;
	unsigned long		raised;
	unsigned long		quiet_until[__KMC_EVENT_MAX];
};

/**
 * kmc_events_init() - nothing has happened yet
 * @events: the events
 * @work: tells what kmc_events_take() finds
 */
static inline void kmc_events_init(struct kmc_events *events, work_func_t work)
{
	enum kmc_event event;

	INIT_WORK(&events->work, work);
	events->raised = 0;
	for (event = 0; event < __KMC_EVENT_MAX; event++)
		events->quiet_until[event] = jiffies;
}

/**
 * kmc_events_raise() - have an event told, unless it was not long ago
 * @events: the events of the server; NULL if nobody wants to know
 * @event: what has happened
 *
 * Takes no lock of the module, allocates nothing and does not wait.
 *
 * Context: any, that of reclaim included.
 */
static inline void kmc_events_raise(struct kmc_events *events, enum kmc_event event)
{
	unsigned long now = jiffies;
	unsigned long until;

	if (!events)
		return;
	until = READ_ONCE(events->quiet_until[event]);
	if (time_before(now, until))
		return;
	/* of those who come at the same time, one does it */
	if (cmpxchg(&events->quiet_until[event], until, now + KMC_EVENTS_INTERVAL) != until)
		return;
	set_bit(event, &events->raised);
	queue_work(system_unbound_wq, &events->work);
}

/**
 * kmc_events_take() - is this event to be told?
 * @events: the events
 * @event: which
 *
 * Return: true once for each time that it was raised.
 */
static inline bool kmc_events_take(struct kmc_events *events, enum kmc_event event)
{
	return test_and_clear_bit(event, &events->raised);
}

#endif
