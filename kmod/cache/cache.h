/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * The store: the facade, and the only header of this folder that others include.
 *
 * Every condition (add, replace, cas, read-modify-write) is decided inside a
 * call, under the writer lock of the key; there is no get-then-set. Items are
 * immutable once stored, but for their expiry time and marks.
 */
#ifndef KMC_CACHE_CACHE_H
#define KMC_CACHE_CACHE_H

#include <linux/bvec.h>
#include <linux/kmemcached.h>
#include <linux/types.h>
#include <linux/uio.h>

struct kmc_cache;
struct kmc_events;
struct kmc_item;
struct kmc_line;
struct kmc_stats;

/* An item's deadline: the cache's clock in seconds, or one of these. */
#define KMC_CACHE_NEVER	0U

/* No more classes of items than this. */
#define KMC_CACHE_CLASSES_MAX 97

/**
 * struct kmc_item_desc - what a new item is to be
 * @key: the key, copied
 * @key_len: its length in bytes, at most 255
 * @value_len: length of the value in bytes
 * @flags: the client's flags
 * @deadline: when it expires, on the clock of kmc_cache_now()
 * @is_late: its value is yet to arrive, which may take any time
 * @is_binary: its key is to be written as base64
 * @has_cas: its cas id is @cas, and not one that the cache chooses
 * @cas: that id
 */
struct kmc_item_desc {
	const char	*key;
	size_t		key_len;
	u32		value_len;
	u32		flags;
	u32		deadline;
	bool		is_late;
	bool		is_binary;
	bool		has_cas;
	u64		cas;
};

/**
 * enum kmc_store_mode - the condition of a store
 * @KMC_STORE_SET: none
 * @KMC_STORE_ADD: the key is missing
 * @KMC_STORE_REPLACE: the key is there
 * @KMC_STORE_CAS: the key is there and its cas id, which is not 0, is the one given
 * @KMC_STORE_CAS_OR_STALE: the same; or that is higher: then what is stored is stale,
 *	and expires when the old item would have; whoever was told to fetch the value
 *	anew is still waited for
 */
enum kmc_store_mode {
	KMC_STORE_SET,
	KMC_STORE_ADD,
	KMC_STORE_REPLACE,
	KMC_STORE_CAS,
	KMC_STORE_CAS_OR_STALE,
};

/**
 * struct kmc_update_ops - a read-modify-write
 * @plan: look at the item that is there and say what the new value's length is;
 *	a negative errno ends the update and is what kmc_cache_update() returns.
 *	May be called several times, each time with the item then current.
 * @fill: write the value of the new item
 *
 * Context: both may not wait, but @fill may let others run if it writes much.
 */
struct kmc_update_ops {
	int	(*plan)(const struct kmc_item *old, void *arg, u32 *value_len);
	void	(*fill)(struct kmc_item *new, const struct kmc_item *old, void *arg);
};

/**
 * struct kmc_change - what a read-modify-write changes besides the value
 * @is_new: the result is another item to clients, and no more stale; otherwise it
 *	is the same one, unless its length has changed
 * @is_stale: it is stale, and nobody was told to fetch its value anew
 * @has_deadline: it expires at @deadline
 * @deadline: on the cache's clock, or %KMC_CACHE_NEVER
 * @has_flags: its client flags are @flags
 * @flags: client flags
 * @has_cas: its cas id is @cas
 * @cas: that id
 * @keeps_cas: its cas id is that of the old one
 * @old_deadline: result: when the old one would have expired
 * @old_class: result: its class: a number for kmc_cache_read_class()
 * @new_cas: result: the new cas id
 */
struct kmc_change {
	bool	is_new;
	bool	is_stale;
	bool	has_deadline;
	u32	deadline;
	bool	has_flags;
	u32	flags;
	bool	has_cas;
	u64	cas;
	bool	keeps_cas;
	u32	old_deadline;
	unsigned int old_class;
	u64	new_cas;
};

/**
 * struct kmc_edit - what is to become of an item that stays where it is
 * @has_deadline: it expires at @deadline
 * @deadline: on the cache's clock, or %KMC_CACHE_NEVER
 * @is_won: somebody is told to fetch its value anew
 * @is_read: a client has read it
 */
struct kmc_edit {
	bool	has_deadline;
	u32	deadline;
	bool	is_won;
	bool	is_read;
};

/**
 * struct kmc_cache_usage - what a cache holds
 * @uptime: seconds since it was created
 * @items: items stored, dead ones that were not found yet included
 * @bytes: their size as memcached counts it
 * @limit: memory limit, bytes
 * @mem_used: memory taken from the system, bytes
 * @buckets: lines of the index
 * @index_bytes: memory of the index
 * @expanding: the index is growing
 */
struct kmc_cache_usage {
	u64	uptime;
	u64	items;
	u64	bytes;
	u64	limit;
	u64	mem_used;
	u64	buckets;
	u64	index_bytes;
	bool	expanding;
};

/**
 * struct kmc_cache_class - what a cache holds of one size
 * @chunk_size: bytes; 0: of any size, each in memory of its own
 * @slab_chunks: chunks of a slab
 * @slabs: slabs, now
 * @chunks: their chunks, now
 * @used: those that are in use, now
 * @free: those that are not, or wait for readers, now
 * @items: items stored, now
 * @requested: their nominal size, bytes
 * @age: for how long the oldest of all slabs has been there, seconds
 * @evicted: items evicted
 * @evicted_unfetched: those that had never been read
 * @evicted_age: for how long the one evicted last had been there, seconds
 * @expired_unfetched: items that expired and had never been read
 * @reclaimed: dead items removed to make room
 * @no_memory: items that there was no memory for
 */
struct kmc_cache_class {
	u64	chunk_size;
	u64	slab_chunks;
	u64	slabs;
	u64	chunks;
	u64	used;
	u64	free;
	u64	items;
	u64	requested;
	u64	age;
	u64	evicted;
	u64	evicted_unfetched;
	u64	evicted_age;
	u64	expired_unfetched;
	u64	reclaimed;
	u64	no_memory;
};

/**
 * enum kmc_use - what requests do to items of a class
 * @KMC_USE_GET: read one
 * @KMC_USE_SET: make one, whether or not it is stored then
 * @KMC_USE_DELETE: delete one
 * @KMC_USE_INCR: increment one
 * @KMC_USE_DECR: decrement one
 * @KMC_USE_CAS: replace one whose cas id is the one given; the cache counts this itself
 * @KMC_USE_BADVAL: find that it is not, and the same
 * @KMC_USE_TOUCH: change when one expires
 * @KMC_USES: how many there are
 */
enum kmc_use {
	KMC_USE_GET,
	KMC_USE_SET,
	KMC_USE_DELETE,
	KMC_USE_INCR,
	KMC_USE_DECR,
	KMC_USE_CAS,
	KMC_USE_BADVAL,
	KMC_USE_TOUCH,
	KMC_USES,
};

/**
 * struct kmc_cache_config - settings of a cache besides its limit
 * @evict: remove items to make room for others; or else there is no memory for those
 * @shrink: let the kernel take cold items when it is short of memory
 * @shrink_floor: memory that it leaves to the cache then, bytes
 * @large: items that need a larger chunk than this have pages of their own, bytes
 */
struct kmc_cache_config {
	bool		evict;
	bool		shrink;
	unsigned long	shrink_floor;
	u32		large;
};

/**
 * enum kmc_cache_fate - what has become of an item
 * @KMC_CACHE_MISSING: there is none, or nobody knows any more
 * @KMC_CACHE_ALIVE: it is there
 * @KMC_CACHE_FLUSHED: it is flushed
 * @KMC_CACHE_EXPIRED: it has expired
 */
enum kmc_cache_fate {
	KMC_CACHE_MISSING,
	KMC_CACHE_ALIVE,
	KMC_CACHE_FLUSHED,
	KMC_CACHE_EXPIRED,
};

/**
 * struct kmc_cache_glance - what kmc_cache_glance() sees
 * @fate: is it there? If it is not alive, the rest is 0
 * @value_len: length of its value
 * @class: a number for kmc_cache_read_class()
 * @deadline: when it expires, on the cache's clock, or %KMC_CACHE_NEVER
 */
struct kmc_cache_glance {
	enum kmc_cache_fate	fate;
	u32			value_len;
	unsigned int		class;
	u32			deadline;
};

/**
 * struct kmc_item_flat - what an answer needs of an item
 * @value: its value
 * @len: length of that
 * @flags: client flags
 */
struct kmc_item_flat {
	const char	*value;
	u32		len;
	u32		flags;
};

/**
 * struct kmc_cache_eviction - an item that is removed to make room
 * @key: its key, while this is told
 * @key_len: the length of that
 * @value_len: length of its value
 * @class: a number for kmc_cache_read_class()
 * @deadline: when it would have expired, on the cache's clock, or %KMC_CACHE_NEVER
 * @age: about how old it is, seconds: see kmc_cache_item_age()
 * @was_read: since it was stored
 */
struct kmc_cache_eviction {
	const char	*key;
	size_t		key_len;
	u32		value_len;
	unsigned int	class;
	u32		deadline;
	u32		age;
	bool		was_read;
};

/**
 * struct kmc_cache_ops - what a cache tells its owner
 * @evicted: an item is removed to make room. Told only while
 *	kmc_cache_tell_evictions() says so, or @always; with the writer lock of the key held,
 *	maybe in reclaim: it may neither sleep nor call the cache, but for kmc_cache_now()
 * @always: accessed without a lock: while it is true, all caches tell of evictions
 */
struct kmc_cache_ops {
	void		(*evicted)(void *owner, const struct kmc_cache_eviction *eviction);
	const bool	*always;
};

/**
 * struct kmc_cache_seek - one of several keys that are looked for
 * @key: the key
 * @key_len: its length
 * @hash: kmc_cache_seek() sets this and what follows: its hash
 * @id: an id that is likely to be its item's; 0: none
 * @line: where that may be
 * @entry: where it was
 * @item: the item that has it
 */
struct kmc_cache_seek {
	const char		*key;
	size_t			key_len;
	u32			hash;
	u32			id;
	const struct kmc_line	*line;
	const u32		*entry;
	struct kmc_item		*item;
};

/* What a cache begins with. */
#define KMC_CACHE_CONFIG_DEFAULT \
	((struct kmc_cache_config) { .evict = true, .shrink = true, .large = KMC_LARGE_MAX })

struct kmc_cache *kmc_cache_create(unsigned long limit, struct kmc_stats *stats,
				   struct kmc_events *events, const struct kmc_cache_ops *ops,
				   void *owner);
void kmc_cache_destroy(struct kmc_cache *cache);
u32 kmc_cache_now(const struct kmc_cache *cache);
void kmc_cache_read_usage(struct kmc_cache *cache, struct kmc_cache_usage *usage);
unsigned int kmc_cache_classes(const struct kmc_cache *cache);
void kmc_cache_read_class(struct kmc_cache *cache, unsigned int number,
			  struct kmc_cache_class *result);
void kmc_cache_reset_classes(struct kmc_cache *cache);
void kmc_cache_count_use(struct kmc_cache *cache, unsigned int class, enum kmc_use use);
u64 kmc_cache_read_use(const struct kmc_cache *cache, unsigned int class, enum kmc_use use);
bool kmc_cache_is_class_used(const struct kmc_cache *cache, unsigned int class);
void kmc_cache_configure(struct kmc_cache *cache, const struct kmc_cache_config *config);
void kmc_cache_read_config(struct kmc_cache *cache, struct kmc_cache_config *config);
void kmc_cache_set_limit(struct kmc_cache *cache, unsigned long limit);
void kmc_cache_trim(struct kmc_cache *cache);
bool kmc_cache_end_trim(struct kmc_cache *cache);
void kmc_cache_flush(struct kmc_cache *cache, u32 when);
void kmc_cache_tell_evictions(struct kmc_cache *cache, bool tell);
bool kmc_cache_charge(struct kmc_cache *cache, size_t bytes, gfp_t gfp);
void kmc_cache_uncharge(struct kmc_cache *cache, size_t bytes);
void kmc_cache_glance(struct kmc_cache *cache, const char *key, size_t key_len,
		      struct kmc_cache_glance *result);

unsigned int kmc_cache_read(struct kmc_cache *cache, const char *key, size_t key_len,
			    bool (*read)(struct kmc_item *item, void *arg), void *arg);
unsigned int kmc_cache_peek(struct kmc_cache *cache, const char *key, size_t key_len,
			    bool (*read)(struct kmc_item *item, void *arg), void *arg);
void kmc_cache_seek(struct kmc_cache *cache, struct kmc_cache_seek *seek, unsigned int count);
unsigned int kmc_cache_peek_sought(struct kmc_cache *cache, const struct kmc_cache_seek *seek,
				   bool (*read)(struct kmc_item *item, void *arg), void *arg);
int kmc_cache_edit(struct kmc_cache *cache, const char *key, size_t key_len,
		   struct kmc_item **spare,
		   bool (*edit)(struct kmc_item *item, bool is_new, struct kmc_edit *edit,
				void *arg), void *arg);
unsigned int kmc_cache_read_touch(struct kmc_cache *cache, const char *key, size_t key_len,
				  u32 deadline,
				  bool (*read)(struct kmc_item *item, void *arg), void *arg);
struct kmc_item *kmc_cache_lookup(struct kmc_cache *cache, const char *key, size_t key_len,
				  gfp_t gfp);
struct kmc_item *kmc_cache_lookup_touch(struct kmc_cache *cache, const char *key, size_t key_len,
					u32 deadline, gfp_t gfp);
struct kmc_item *kmc_cache_alloc_item(struct kmc_cache *cache, const struct kmc_item_desc *desc,
				      gfp_t gfp);
void kmc_cache_discard_item(struct kmc_cache *cache, struct kmc_item *item);
int kmc_cache_store(struct kmc_cache *cache, struct kmc_item *item, enum kmc_store_mode mode,
		    u64 cas, gfp_t gfp);
int kmc_cache_try_store(struct kmc_cache *cache, struct kmc_item **item, enum kmc_store_mode mode,
			u64 *cas, gfp_t gfp);
int kmc_cache_update(struct kmc_cache *cache, const char *key, size_t key_len,
		     const struct kmc_update_ops *ops, void *arg, gfp_t gfp);
int kmc_cache_change(struct kmc_cache *cache, const char *key, size_t key_len,
		     const struct kmc_update_ops *ops, void *arg, struct kmc_change *change,
		     gfp_t gfp);
int kmc_cache_remove(struct kmc_cache *cache, const char *key, size_t key_len);
int kmc_cache_remove_if(struct kmc_cache *cache, const char *key, size_t key_len,
			const u64 *cas);
bool kmc_cache_walk(struct kmc_cache *cache, u64 *place,
		    bool (*show)(struct kmc_item *item, void *arg), void *arg);
u32 kmc_cache_item_age(const struct kmc_cache *cache, const struct kmc_item *item);
unsigned int kmc_cache_item_class(const struct kmc_cache *cache, const struct kmc_item *item);
bool kmc_cache_try_get_item(struct kmc_item *item);
void kmc_cache_put_item(struct kmc_cache *cache, struct kmc_item *item);

size_t kmc_item_nominal_size(const struct kmc_item_desc *desc);
const char *kmc_item_key(const struct kmc_item *item, size_t *len);
u32 kmc_item_flags(const struct kmc_item *item);
u32 kmc_item_value_len(const struct kmc_item *item);
u64 kmc_item_cas(const struct kmc_item *item);
u32 kmc_item_deadline(const struct kmc_item *item);
size_t kmc_item_stored_nominal_size(const struct kmc_item *item);
bool kmc_item_is_binary(const struct kmc_item *item);
bool kmc_item_is_stale(const struct kmc_item *item);
bool kmc_item_is_won(const struct kmc_item *item);
bool kmc_item_was_read(const struct kmc_item *item);
void kmc_item_visit(struct kmc_item *item);
void kmc_item_write(struct kmc_item *item, u32 offset, const void *src, u32 len);
void kmc_item_copy(struct kmc_item *dst, u32 dst_offset, const struct kmc_item *src,
		   u32 src_offset, u32 len);
bool kmc_item_flat(const struct kmc_item *item, struct kmc_item_flat *flat);
size_t kmc_item_pages(const struct kmc_item *item, u32 offset, u32 len, struct bio_vec *vec,
		      size_t max, size_t *covered);
size_t kmc_item_segments(const struct kmc_item *item, u32 offset, u32 len, struct kvec *vec,
			 size_t max, u32 *covered);

#endif
