// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "form.h"

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>

#define REPLY_MAX (2 << 20)
#define REQUEST_MAX (2 << 20)

/**
 * struct null_lesson - what is written to /dev/kmc_null, before the reply
 * @request_size: bytes of a request
 * @first: its first byte
 */
struct null_lesson {
	u32	request_size;
	u32	first;
};

/* By a request's first byte. */
static const struct null_form *current_form[256];

/* All of them, and who may add one. */
static LIST_HEAD(forms);
static DEFINE_MUTEX(forms_lock);

/**
 * null_form_find() - what to answer to a request
 * @first: its first byte
 *
 * Context: any.
 *
 * Return: the form, or NULL if none was taught.
 */
const struct null_form *null_form_find(u8 first)
{
	/* what teach() wrote before */
	return smp_load_acquire(&current_form[first]);
}

static struct null_form *read_form(const char __user *from, size_t size)
{
	struct null_form *form = kvmalloc(struct_size(form, reply, size), GFP_KERNEL);

	if (!form)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(form->reply, from, size)) {
		kvfree(form);
		return ERR_PTR(-EFAULT);
	}
	form->reply_size = size;
	return form;
}

static ssize_t teach(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	struct null_lesson lesson;
	struct null_form *form;

	if (size <= sizeof(lesson) || size > REPLY_MAX)
		return -EINVAL;
	if (copy_from_user(&lesson, from, sizeof(lesson)))
		return -EFAULT;
	if (!lesson.request_size || lesson.request_size > REQUEST_MAX ||
	    lesson.first >= ARRAY_SIZE(current_form))
		return -EINVAL;
	form = read_form(from + sizeof(lesson), size - sizeof(lesson));
	if (IS_ERR(form))
		return PTR_ERR(form);
	form->request_size = lesson.request_size;
	mutex_lock(&forms_lock);
	list_add(&form->node, &forms);
	/* not before what it points to: null_form_find() takes no lock */
	smp_store_release(&current_form[lesson.first], form);
	mutex_unlock(&forms_lock);
	return size;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.write = teach,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "kmc_null",
	.fops = &operations,
	.mode = 0200,
};

/**
 * null_form_module_init() - be ready to be taught
 *
 * Return: 0 or a negative errno.
 */
int null_form_module_init(void)
{
	return misc_register(&device);
}

/**
 * null_form_module_uninit() - forget everything; there is no connection
 */
void null_form_module_uninit(void)
{
	struct null_form *form, *next;

	misc_deregister(&device);
	list_for_each_entry_safe(form, next, &forms, node)
		kvfree(form);
}
