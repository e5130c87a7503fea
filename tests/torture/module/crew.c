// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "crew.h"

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timer.h>

#include "torture.h"

/* The actors' threads, the flusher and the limiter. */
#define THREADS_MAX (TORTURE_ACTORS_MAX + 2)

/**
 * struct ticker - what a CPU does in its softirq each tick
 *
 * **Lifetime**: from torture_crew_start_softirq() to torture_crew_stop_softirq().
 *
 * @timer: fires on @cpu only
 * @cpu: its CPU
 * @number: which of them it is
 */
struct ticker {
	struct timer_list	timer;
	int			cpu;
	unsigned int		number;
};

/* All are set by the thread that loads the module. */
static struct task_struct *threads[THREADS_MAX];
static unsigned int nr_threads;
static torture_work_fn *thread_work;
static struct ticker *tickers;
static unsigned int nr_tickers;
static torture_work_fn *softirq_work;

/* Read by the timers. */
static bool softirq_stopped;

/* Threads whose work has not ended; and that it has, in all. */
static atomic_t nr_working;
static DECLARE_COMPLETION(all_ended);

static int run_thread(void *number)
{
	thread_work((uintptr_t)number);
	if (atomic_dec_and_test(&nr_working))
		complete(&all_ended);
	return 0;
}

static int next_cpu(int cpu)
{
	cpu = cpumask_next(cpu, cpu_online_mask);
	return cpu < nr_cpu_ids ? cpu : cpumask_first(cpu_online_mask);
}

/**
 * torture_crew_start() - start threads
 * @count: how many
 * @work: what they do, called once in each with its number
 *
 * Return: 0, or a negative errno and none was started.
 */
int torture_crew_start(unsigned int count, torture_work_fn *work)
{
	unsigned int i;
	int cpu = -1;

	thread_work = work;
	atomic_set(&nr_working, count);
	reinit_completion(&all_ended);
	for (nr_threads = 0; nr_threads < count; nr_threads++) {
		struct task_struct *task = kthread_create(run_thread, (void *)(uintptr_t)nr_threads,
							  "kmc_torture/%u", nr_threads);

		if (IS_ERR(task)) {
			/* none has run yet, and so none will */
			torture_crew_join();
			return PTR_ERR(task);
		}
		cpu = next_cpu(cpu);
		kthread_bind(task, cpu);
		threads[nr_threads] = get_task_struct(task);
	}
	for (i = 0; i < nr_threads; i++)
		wake_up_process(threads[i]);
	return 0;
}

/**
 * torture_crew_wait() - wait until the threads have done what they do
 *
 * A thread that is told to end before it has run does not do it at all.
 */
void torture_crew_wait(void)
{
	/* they may work for longer than a task may sleep without being taken for hung */
	while (!wait_for_completion_timeout(&all_ended, 10 * HZ))
		;
}

/**
 * torture_crew_join() - tell the threads to end, and wait until they have
 */
void torture_crew_join(void)
{
	unsigned int i;

	for (i = 0; i < nr_threads; i++) {
		kthread_stop(threads[i]);
		put_task_struct(threads[i]);
	}
	nr_threads = 0;
}

/**
 * torture_crew_must_end() - has the calling thread been told to end?
 *
 * Return: whether it has.
 */
bool torture_crew_must_end(void)
{
	return kthread_should_stop();
}

/**
 * torture_crew_softirqs() - how many softirqs work at a time
 *
 * Return: the number of CPUs, or 0 if softirqs are to take no part.
 */
unsigned int torture_crew_softirqs(void)
{
	return torture.softirq ? num_online_cpus() : 0;
}

static void tick(struct timer_list *timer)
{
	struct ticker *ticker = container_of(timer, struct ticker, timer);

	softirq_work(ticker->number);
	if (READ_ONCE(softirq_stopped))
		return;
	timer->expires = jiffies + 1;
	add_timer_on(timer, ticker->cpu);
}

/**
 * torture_crew_start_softirq() - have each CPU do something in its timer softirq
 * @work: what, with a number below torture_crew_softirqs()
 *
 * Return: 0 or -ENOMEM.
 */
int torture_crew_start_softirq(torture_work_fn *work)
{
	unsigned int i;
	int cpu = -1;

	nr_tickers = 0;
	tickers = kcalloc(torture_crew_softirqs(), sizeof(*tickers), GFP_KERNEL);
	if (!tickers)
		return -ENOMEM;
	nr_tickers = torture_crew_softirqs();
	softirq_work = work;
	WRITE_ONCE(softirq_stopped, false);
	for (i = 0; i < nr_tickers; i++) {
		cpu = next_cpu(cpu);
		tickers[i].cpu = cpu;
		tickers[i].number = i;
		timer_setup(&tickers[i].timer, tick, TIMER_PINNED);
		tickers[i].timer.expires = jiffies + 1;
		add_timer_on(&tickers[i].timer, cpu);
	}
	return 0;
}

/**
 * torture_crew_stop_softirq() - undo that; nothing of it runs any more
 */
void torture_crew_stop_softirq(void)
{
	unsigned int i;

	WRITE_ONCE(softirq_stopped, true);
	for (i = 0; i < nr_tickers; i++)
		del_timer_sync(&tickers[i].timer);
	kfree(tickers);
	tickers = NULL;
	nr_tickers = 0;
}
