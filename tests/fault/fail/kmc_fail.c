// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * kmc_fail: fail chosen memory allocations of the module kmemcached, for tests.
 *
 * Load it before kmemcached, into a kernel with CONFIG_FAILSLAB and
 * CONFIG_FAIL_PAGE_ALLOC: the allocators of such a kernel ask a function whether to
 * fail. A probe on it looks who is asking. An allocation is kmemcached's if one of
 * its functions is on the stack, whichever task or softirq that is: most requests
 * are served by kernel threads, which is why /proc/PID/fail-nth cannot do this. The
 * path of an allocation is what lies between the allocator and the outermost
 * function of kmemcached.
 *
 * In debugfs, below kmc_fail/:
 *
 * arm (write): what is to fail from now on; the counts start again from 0.
 *	"off"; "nth N": the Nth allocation; "each N": the first N whose paths have not
 *	failed since "again" or "forget"; "rate N SEED": N of 10000, the same ones for
 *	the same SEED if they are made in the same order; "again FUNCTION": off, and the
 *	paths through it are to fail again; "forget": off, and forget all paths
 * status (read): seen=N failed=N paths=N since armed, all paths known
 * last (read): a line each: the paths of the last ones that were failed, up to 16
 * paths (read): a line each: times failed, times seen, kind, path
 *
 * It cannot be unloaded: an emulator may go on running an int3 that is removed.
 */
#include <linux/debugfs.h>
#include <linux/gfp.h>
#include <linux/jhash.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/seq_file.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/text-patching.h>

#define TARGET "kmemcached"

#define STACK_MAX 96
#define PATHS_MAX 2048
#define TEXT_MAX 2048
#define LAST_MAX 16

/**
 * enum mode - what is to fail
 * @OFF: nothing, and nothing is counted
 * @NTH: the allocation whose number is @arg
 * @EACH: the first @arg whose paths have not failed yet, or not again
 * @RATE: @arg of 10000
 */
enum mode {
	OFF,
	NTH,
	EACH,
	RATE,
};

/**
 * struct alloc_path - where memory was asked for
 * @hash: of the kind and the addresses; those of the target relative to it
 * @ignored: it never fails: see is_excused()
 * @done: it has failed since "again"
 * @seen: how often
 * @failed: how often it was made to fail
 * @text: kind and symbols, the allocator first
 *
 * **Lifetime**: for ever, or until "forget".
 */
struct alloc_path {
	u32		hash;
	bool		ignored;
	bool		done;
	unsigned long	seen;
	unsigned long	failed;
	char		text[TEXT_MAX];
};

/**
 * struct hook - a function that decides whether an allocation fails
 * @probe: on its first instruction
 * @kind: what it allocates
 * @gfp_arg: which of its arguments are the flags
 * @failure: what it returns to have it fail
 */
struct hook {
	struct kprobe	probe;
	const char	*kind;
	unsigned int	gfp_arg;
	unsigned long	failure;
};

/**
 * struct code_range - a part of the target's code
 * @base: first address
 * @size: bytes; 0 while it is not loaded
 */
struct code_range {
	unsigned long	base;
	unsigned long	size;
};

/* The probes run as NMIs do, where lockdep does not want to see a lock. */
static arch_spinlock_t lock = __ARCH_SPIN_LOCK_UNLOCKED;

/* Protected by @lock. */
static enum mode mode;
static unsigned long arg;
static u32 seed;
static unsigned long seen;
static unsigned long failed;
static struct alloc_path *last[LAST_MAX];
static struct alloc_path *paths;
static unsigned int nr_paths;
static bool overflown;
static struct code_range text, init_text;
static unsigned long stack[STACK_MAX];
static char symbol[KSYM_SYMBOL_LEN];

/* Softirqs run on the stack of whom they interrupt, who has nothing to do with them. */
static struct code_range softirq;

static unsigned long take_lock(void)
{
	unsigned long flags;

	local_irq_save(flags);
	arch_spin_lock(&lock);
	return flags;
}

static void drop_lock(unsigned long flags)
{
	arch_spin_unlock(&lock);
	local_irq_restore(flags);
}

static bool is_in(const struct code_range *range, unsigned long addr)
{
	return addr - range->base < range->size;
}

/*
 * What only debugging kernels allocate is theirs to cope with. sysfs_slab_add() leaks
 * the name it has given when it fails, and has kmem_cache_create() fail, which other
 * allocations do as well.
 */
static bool is_excused(const char *name)
{
	static const char *const prefix[] = {
		"__create_object", "create_object", "kmemleak_", "debug_object", "__debug_object",
		"fill_pool", "stack_depot_", "kasan_", "ref_tracker_", "lockdep_",
		"sysfs_slab_add",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(prefix); i++)
		if (!strncmp(name, prefix[i], strlen(prefix[i])))
			return true;
	return false;
}

/* The stack of whoever called the probed function into @stack; how deep it is. */
static unsigned int read_stack(const struct pt_regs *regs)
{
	unsigned int all = stack_trace_save(stack, STACK_MAX, 0);
	unsigned int first = 0, count = 1;

	/* before the probed function there is the probe */
	while (first < all && stack[first] != regs->ip)
		first++;
	if (first == all)
		return 0;
	/* it has no frame yet, so that the unwinder does not find its caller */
	stack[0] = *(unsigned long *)regs->sp;
	for (first++; first < all; first++)
		if (count > 1 || stack[first] != stack[0])
			stack[count++] = stack[first];
	return count;
}

/* How much of @stack is the path: nothing, if it is not the target's. */
static unsigned int cut_path(unsigned int depth)
{
	unsigned int length = 0, i;

	for (i = 0; i < depth && !is_in(&softirq, stack[i]); i++)
		if (is_in(&text, stack[i]) || is_in(&init_text, stack[i]))
			length = i + 1;
	return length;
}

/* The target is at another place each time it is loaded. */
static u32 hash_path(const struct hook *hook, unsigned int length)
{
	u32 hash = jhash(hook->kind, strlen(hook->kind), 0);
	unsigned int i;

	for (i = 0; i < length; i++) {
		unsigned long addr = stack[i];

		if (is_in(&text, addr))
			addr -= text.base;
		else if (is_in(&init_text, addr))
			addr -= init_text.base - 1;
		hash = jhash(&addr, sizeof(addr), hash);
	}
	return hash;
}

static void describe_path(struct alloc_path *path, const struct hook *hook, unsigned int length)
{
	size_t at = strscpy(path->text, hook->kind, TEXT_MAX);
	unsigned int i;

	path->ignored = false;
	for (i = 0; i < length; i++) {
		sprint_symbol(symbol, stack[i]);
		if (is_excused(symbol))
			path->ignored = true;
		at += scnprintf(path->text + at, TEXT_MAX - at, " %s%s",
				i ? "< " : "", symbol);
	}
}

static struct alloc_path *find_path(const struct hook *hook, unsigned int length)
{
	u32 hash = hash_path(hook, length);
	struct alloc_path *path;
	unsigned int i;

	for (i = 0; i < nr_paths; i++)
		if (paths[i].hash == hash)
			return &paths[i];
	if (nr_paths == PATHS_MAX) {
		overflown = true;
		return NULL;
	}
	path = &paths[nr_paths];
	path->hash = hash;
	path->done = false;
	path->seen = 0;
	path->failed = 0;
	describe_path(path, hook, length);
	/* readers do not take the lock */
	smp_store_release(&nr_paths, nr_paths + 1);
	return path;
}

static bool is_chosen(const struct alloc_path *path)
{
	switch (mode) {
	case NTH:
		return seen == arg;
	case EACH:
		return failed < arg && !path->done;
	case RATE:
		return jhash_2words(seen, seen >> 32, seed) % 10000 < arg;
	default:
		return false;
	}
}

/* Count an allocation. Is it to fail? */
static bool judge(const struct hook *hook, const struct pt_regs *regs)
{
	unsigned int length;
	struct alloc_path *path;

	if (mode == OFF)
		return false;
	length = cut_path(read_stack(regs));
	if (!length)
		return false;
	path = find_path(hook, length);
	if (!path || path->ignored)
		return false;
	path->seen++;
	seen++;
	if (!is_chosen(path))
		return false;
	path->done = true;
	path->failed++;
	WRITE_ONCE(last[failed++ % LAST_MAX], path);
	return true;
}

static int before(struct kprobe *probe, struct pt_regs *regs)
{
	struct hook *hook = container_of(probe, struct hook, probe);
	unsigned long flags;
	bool fail;

	if (READ_ONCE(mode) == OFF)
		return 0;
	if (regs_get_kernel_argument(regs, hook->gfp_arg) & __GFP_NOFAIL)
		return 0;
	flags = take_lock();
	fail = judge(hook, regs);
	drop_lock(flags);
	if (!fail)
		return 0;
	/* as if it had returned already */
	regs_set_return_value(regs, hook->failure);
	int3_emulate_ret(regs);
	return 1;
}

/* With this the probe stays an int3, which is what can be made to return. */
static void after(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

#define HOOK(function, kind_, gfp_arg_, failure_) {					\
	.probe = { .symbol_name = function, .pre_handler = before, .post_handler = after }, \
	.kind = kind_, .gfp_arg = gfp_arg_, .failure = failure_ }

/* The allocator of per-CPU memory does not ask anybody: it is the function itself. */
static struct hook hooks[] = {
	HOOK("should_failslab", "slab", 1, -ENOMEM),
	HOOK("should_fail_alloc_page", "page", 0, true),
	HOOK("pcpu_alloc_noprof", "percpu", 3, 0),
};

/*
 * Some functions print the stack when they had no memory, which they are expected to
 * have. Here they are not; and those who look through the log need not know them.
 */
static struct code_range talkers[3];

static int before_dump(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long caller = *(unsigned long *)regs->sp;
	size_t i;

	if (READ_ONCE(mode) == OFF)
		return 0;
	for (i = 0; i < ARRAY_SIZE(talkers); i++) {
		if (is_in(&talkers[i], caller)) {
			int3_emulate_ret(regs);
			return 1;
		}
	}
	return 0;
}

static struct kprobe dump_probe = {
	.symbol_name = "dump_stack", .pre_handler = before_dump, .post_handler = after,
};

static void arm(enum mode new_mode, unsigned long new_arg, u32 new_seed, bool forget)
{
	unsigned long flags = take_lock();

	WRITE_ONCE(mode, new_mode);
	arg = new_arg;
	seed = new_seed;
	if (new_mode != OFF || forget) {
		seen = 0;
		failed = 0;
	}
	if (forget) {
		nr_paths = 0;
		WRITE_ONCE(overflown, false);
	}
	drop_lock(flags);
}

static void fail_again(const char *function)
{
	unsigned long flags = take_lock();
	unsigned int i;

	WRITE_ONCE(mode, OFF);
	for (i = 0; i < nr_paths; i++)
		if (strstr(paths[i].text, function))
			paths[i].done = false;
	drop_lock(flags);
}

static ssize_t arm_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	unsigned long new_arg;
	char line[64] = "", function[64];
	u32 new_seed;

	if (len >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, len))
		return -EFAULT;
	if (sysfs_streq(line, "off"))
		arm(OFF, 0, 0, false);
	else if (sscanf(line, "again %63s", function) == 1)
		fail_again(function);
	else if (sysfs_streq(line, "forget"))
		arm(OFF, 0, 0, true);
	else if (sscanf(line, "each %lu", &new_arg) == 1)
		arm(EACH, new_arg, 0, false);
	else if (sscanf(line, "nth %lu", &new_arg) == 1)
		arm(NTH, new_arg, 0, false);
	else if (sscanf(line, "rate %lu %u", &new_arg, &new_seed) == 2)
		arm(RATE, new_arg, new_seed, false);
	else
		return -EINVAL;
	return len;
}

static const struct file_operations arm_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = arm_write,
};

static int status_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "seen=%lu failed=%lu paths=%u%s\n", READ_ONCE(seen), READ_ONCE(failed),
		   READ_ONCE(nr_paths), READ_ONCE(overflown) ? " overflown" : "");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(status);

static int last_show(struct seq_file *file, void *unused)
{
	unsigned long end = READ_ONCE(failed);
	unsigned long i = end > LAST_MAX ? end - LAST_MAX : 0;

	for (; i < end; i++)
		seq_printf(file, "%s\n", READ_ONCE(last[i % LAST_MAX])->text);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(last);

static int paths_show(struct seq_file *file, void *unused)
{
	/* those have been described: see find_path() */
	unsigned int count = smp_load_acquire(&nr_paths), i;

	for (i = 0; i < count; i++)
		if (!paths[i].ignored)
			seq_printf(file, "%lu %lu %s\n", READ_ONCE(paths[i].failed),
				   READ_ONCE(paths[i].seen), paths[i].text);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(paths);

static struct code_range range_of(const struct module *mod, enum mod_mem_type type)
{
	return (struct code_range){ (unsigned long)mod->mem[type].base, mod->mem[type].size };
}

static int module_changed(struct notifier_block *block, unsigned long state, void *data)
{
	const struct module *mod = data;
	struct code_range new_text = {}, new_init = {};
	unsigned long flags;

	if (strcmp(mod->name, TARGET))
		return NOTIFY_DONE;
	if (state == MODULE_STATE_COMING || state == MODULE_STATE_LIVE)
		new_text = range_of(mod, MOD_TEXT);
	/* once it is live, that is freed */
	if (state == MODULE_STATE_COMING)
		new_init = range_of(mod, MOD_INIT_TEXT);
	flags = take_lock();
	text = new_text;
	init_text = new_init;
	drop_lock(flags);
	return NOTIFY_OK;
}

static struct notifier_block module_notifier = { .notifier_call = module_changed };

/* Where a function is that is not exported. A disabled probe changes nothing in it. */
static int find_function(const char *name, struct code_range *range)
{
	struct kprobe probe = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	const char *size;
	int err;

	err = register_kprobe(&probe);
	if (err)
		return err;
	range->base = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	sprint_symbol(symbol, range->base);
	size = strchr(symbol, '/');
	return size ? kstrtoul(size + 1, 0, &range->size) : -ENOENT;
}

static int install_hooks(void)
{
	size_t i;
	int err;

	err = register_kprobe(&dump_probe);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		err = register_kprobe(&hooks[i].probe);
		if (err) {
			pr_err("kmc_fail: no probe on %s: %d\n", hooks[i].probe.symbol_name, err);
			goto out_unregister;
		}
	}
	return 0;

out_unregister:
	while (i--)
		unregister_kprobe(&hooks[i].probe);
	unregister_kprobe(&dump_probe);
	return err;
}

static int __init fail_init(void)
{
	struct dentry *dir;
	int err;

	err = find_function("handle_softirqs", &softirq) ?:
	      find_function("__kmem_cache_create_args", &talkers[0]) ?:
	      find_function("pcpu_alloc_noprof", &talkers[1]) ?:
	      find_function("warn_alloc", &talkers[2]);
	if (err)
		return err;
	paths = vzalloc(array_size(PATHS_MAX, sizeof(*paths)));
	if (!paths)
		return -ENOMEM;
	err = register_module_notifier(&module_notifier);
	if (err)
		goto out_free;
	err = install_hooks();
	if (err)
		goto out_unregister_notifier;
	dir = debugfs_create_dir("kmc_fail", NULL);
	debugfs_create_file("arm", 0200, dir, NULL, &arm_fops);
	debugfs_create_file("status", 0400, dir, NULL, &status_fops);
	debugfs_create_file("last", 0400, dir, NULL, &last_fops);
	debugfs_create_file("paths", 0400, dir, NULL, &paths_fops);
	return 0;

out_unregister_notifier:
	unregister_module_notifier(&module_notifier);
out_free:
	vfree(paths);
	return err;
}
module_init(fail_init);

MODULE_DESCRIPTION("fail allocations of kmemcached");
MODULE_AUTHOR("The kmemcached authors");
MODULE_LICENSE("Dual BSD/GPL");
