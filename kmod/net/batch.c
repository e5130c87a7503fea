// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "batch.h"

#include <linux/percpu.h>
#include <linux/slab.h>

#include "../exec/out.h"

/*
 * Most turns need a batch, fill it, and leave it empty. Each CPU keeps one for the
 * next turn, with the pages it has: so they are neither allocated nor zeroed for
 * each, and the memory is in the CPU's cache.
 */
static struct kmem_cache *out_cache;
static DEFINE_PER_CPU(struct kmc_out *, idle);

/*
 * A constructor keeps the allocator from zeroing a page per batch where the kernel
 * initialises all allocations: kmc_out_init() says all there is to say.
 */
static void construct_out(void *out)
{
	kmc_out_init(out);
}

static void free_out(struct kmc_out *out)
{
	kmc_out_trim(out, 0);
	kmem_cache_free(out_cache, out);
}

/**
 * kmc_batch_module_init() - make batches available
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_batch_module_init(void)
{
	out_cache = kmem_cache_create("kmc_out", sizeof(struct kmc_out), 0, 0, construct_out);
	return out_cache ? 0 : -ENOMEM;
}

/**
 * kmc_batch_module_uninit() - undo kmc_batch_module_init(); none is in use
 */
void kmc_batch_module_uninit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		if (per_cpu(idle, cpu))
			free_out(per_cpu(idle, cpu));
	}
	kmem_cache_destroy(out_cache);
}

/**
 * kmc_batch_take() - get an empty batch
 * @gfp: how to allocate one
 *
 * Context: any but hard interrupts.
 *
 * Return: the batch, or NULL if there is no memory.
 */
struct kmc_out *kmc_batch_take(gfp_t gfp)
{
	struct kmc_out *out = this_cpu_xchg(idle, NULL);

	return out ?: kmem_cache_alloc(out_cache, gfp | __GFP_NOWARN);
}

/**
 * kmc_batch_give() - give back a batch
 * @out: the batch, empty
 *
 * Context: any but hard interrupts.
 */
void kmc_batch_give(struct kmc_out *out)
{
	kmc_out_trim(out, KMC_OUT_PAGES_KEPT);
	out = this_cpu_xchg(idle, out);
	if (out)
		free_out(out);
}
