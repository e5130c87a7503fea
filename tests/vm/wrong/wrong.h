/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What each kind of misbehaviour is called by. All return, unless the kernel is stopped by them. */
#ifndef WRONG_H
#define WRONG_H

/* memory */
void wrong_use_after_free(void);
void wrong_page_use_after_free(void);
void wrong_slab_overrun(void);
void wrong_stack_overrun(void);
void wrong_global_overrun(void);
void wrong_vmalloc_overrun(void);
void wrong_double_free(void);
void wrong_leak(void);
void wrong_timer_freed(void);
void wrong_work_freed(void);
void wrong_refcount(void);
void wrong_list(void);
void wrong_shift(void);
void wrong_index(void);
void wrong_netns(void);
void wrong_netdev(void);

/* locks, and who may run when */
void wrong_lock_inversion(void);
void wrong_softirq_lock(void);
void wrong_sleep_in_atomic(void);
void wrong_rcu(void);
void wrong_race(void);

/* what takes too long */
void wrong_hung_task(void);
void wrong_busy_workqueue(void);
void wrong_soft_lockup(void);

#endif
