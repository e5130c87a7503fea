// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <string.h>

#include <linux/kmemcached.h>

#include "args.h"
#include "verb.h"

/**
 * enum kind - what the value of a setting is
 * @SWITCH: on or off; in messages, a u8
 * @SIZE: bytes; a u64
 * @SHORT_SIZE: bytes; a u32
 * @COUNT: a number of something; a u32
 * @SECONDS: seconds; a u32
 * @CHARACTER: a character; a u8
 */
enum kind { SWITCH, SIZE, SHORT_SIZE, COUNT, SECONDS, CHARACTER };

/**
 * struct setting - something that can be set
 * @word: what it is called, but in JSON
 * @name: what it is called in JSON
 * @summary: what it is, in half a line
 * @attr: &enum kmc_attr
 * @kind: what its value is
 */
struct setting {
	const char *word;
	const char *name;
	const char *summary;
	unsigned int attr;
	enum kind kind;
};

static const struct setting settings[] = {
	{ "limit", "limit", "all the memory that the cache may take",
	  KMC_A_MEM_LIMIT, SIZE },
	{ "evict", "evict", "remove items to make room for others; off: refuse the others",
	  KMC_A_EVICT, SWITCH },
	{ "shrink", "shrink", "let the kernel take items when it is short of memory",
	  KMC_A_SHRINK, SWITCH },
	{ "shrink-floor", "shrink_floor", "memory that it leaves to the cache then",
	  KMC_A_SHRINK_FLOOR, SIZE },
	{ "large", "large", "larger items have pages of their own; 1K to 16K",
	  KMC_A_LARGE, SHORT_SIZE },
	{ "item-size-max", "item_size_max", "the largest item; 1K to 1G, and half of the limit",
	  KMC_A_ITEM_SIZE_MAX, SHORT_SIZE },
	{ "max-connections", "max_connections", "how many connections there may be",
	  KMC_A_MAX_CONNECTIONS, COUNT },
	{ "idle-timeout", "idle_timeout", "close a connection without a request; 0: never",
	  KMC_A_IDLE_TIMEOUT, SECONDS },
	{ "stuck-timeout", "stuck_timeout", "reset one whose transfer does not move; 0: never",
	  KMC_A_STUCK_TIMEOUT, SECONDS },
	{ "prefix-delimiter", "prefix_delimiter", "ends the part of a key that is counted by",
	  KMC_A_PREFIX_DELIMITER, CHARACTER },
	{ "requests-per-turn", "requests_per_turn", "of a connection before others have their turn",
	  KMC_A_REQUESTS_PER_TURN, COUNT },
};

#define SETTING_COUNT	(sizeof(settings) / sizeof(settings[0]))

_Static_assert(2 * SETTING_COUNT == KMC_SETTINGS_WORDS_MAX, "the verb set takes all of them");

/**
 * struct value - a value, in the form it has in a message
 * @bytes: the value
 * @size: how many of @bytes; 0 is no value
 */
struct value {
	unsigned char bytes[8];
	size_t size;
};

static void set_value(struct value *value, const void *data, size_t size)
{
	memcpy(value->bytes, data, size);
	value->size = size;
}

static const char *parse_switch(const char *word, struct value *value)
{
	const char *why;
	uint8_t byte;
	bool on;

	why = kmc_args_parse_switch(word, &on);
	if (why)
		return why;
	byte = on;
	set_value(value, &byte, sizeof(byte));
	return NULL;
}

static const char *parse_size(const char *word, enum kind kind, struct value *value)
{
	uint64_t bytes;
	uint32_t few;
	const char *why;

	why = kmc_args_parse_size(word, &bytes);
	if (why)
		return why;
	if (kind == SIZE) {
		set_value(value, &bytes, sizeof(bytes));
		return NULL;
	}
	if (bytes > UINT32_MAX)
		return "the size does not fit in 32 bits";
	few = bytes;
	set_value(value, &few, sizeof(few));
	return NULL;
}

static const char *parse_u32(const char *word, enum kind kind, struct value *value)
{
	uint32_t number;
	const char *why;

	why = kind == SECONDS ? kmc_args_parse_seconds(word, &number) :
				kmc_args_parse_count(word, &number);
	if (!why)
		set_value(value, &number, sizeof(number));
	return why;
}

static const char *parse_character(const char *word, struct value *value)
{
	uint8_t character;
	const char *why = kmc_args_parse_character(word, &character);

	if (!why)
		set_value(value, &character, sizeof(character));
	return why;
}

static const char *parse_value(const char *word, enum kind kind, struct value *value)
{
	switch (kind) {
	case SWITCH:
		return parse_switch(word, value);
	case COUNT:
	case SECONDS:
		return parse_u32(word, kind, value);
	case CHARACTER:
		return parse_character(word, value);
	default:
		return parse_size(word, kind, value);
	}
}

static const struct setting *find_setting(const char *word)
{
	size_t at;

	for (at = 0; at < SETTING_COUNT; at++) {
		if (!strcmp(settings[at].word, word))
			return &settings[at];
	}
	return NULL;
}

/* Reads a name and a value; values has one for each row of the table. */
static enum kmc_status take_pair(struct kmc_ctl *ctl, char **pair, struct value *values)
{
	const struct setting *setting = find_setting(pair[0]);
	struct value *value;
	const char *why;

	if (!setting)
		return kmc_ctl_bad_word(ctl, pair[0],
					"there is no such setting; see 'kmcctl help set'");
	value = &values[setting - settings];
	if (value->size)
		return kmc_ctl_bad_word(ctl, pair[0], "it is set twice");
	if (!pair[1])
		return kmc_ctl_bad_word(ctl, pair[0], "its value is missing");
	why = parse_value(pair[1], setting->kind, value);
	return why ? kmc_ctl_bad_word(ctl, pair[1], why) : KMC_DONE;
}

/* Sends those that have a value. */
static enum kmc_status send_values(struct kmc_ctl *ctl, const struct value *values)
{
	struct kmc_nl_request *request;
	enum kmc_status status;
	size_t at;

	status = kmc_ctl_connect(ctl);
	if (status)
		return status;
	request = kmc_nl_request_create(ctl->nl, KMC_CMD_SETTINGS_SET);
	for (at = 0; at < SETTING_COUNT; at++) {
		if (values[at].size)
			kmc_nl_put(request, settings[at].attr, values[at].bytes, values[at].size);
	}
	return kmc_ctl_judge(ctl, kmc_nl_do(request, NULL, NULL));
}

/**
 * kmc_settings_set() - the verb set
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_settings_set(struct kmc_ctl *ctl)
{
	struct value values[SETTING_COUNT] = { 0 };
	enum kmc_status status;
	char **word;

	for (word = ctl->words + 1; *word; word += 2) {
		status = take_pair(ctl, word, values);
		if (status)
			return status;
	}
	return send_values(ctl, values);
}

/**
 * kmc_settings_set_limit() - the verb set-limit
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_settings_set_limit(struct kmc_ctl *ctl)
{
	struct value values[SETTING_COUNT] = { 0 };
	const char *why;

	why = parse_size(ctl->words[1], SIZE, &values[find_setting("limit") - settings]);
	if (why)
		return kmc_ctl_bad_word(ctl, ctl->words[1], why);
	return send_values(ctl, values);
}

/* A module that does not know a setting does not tell it. */
static void print_setting(const struct kmc_nl_reply *reply, const struct setting *setting,
			  struct kmc_out *out)
{
	char character[2] = "";
	uint64_t bytes;
	uint32_t few;
	uint8_t on;

	switch (setting->kind) {
	case SWITCH:
		if (kmc_nl_get(reply, setting->attr, &on, sizeof(on)) == sizeof(on))
			kmc_out_bool(out, setting->name, setting->word, on);
		break;
	case SIZE:
		if (kmc_nl_get(reply, setting->attr, &bytes, sizeof(bytes)) == sizeof(bytes))
			kmc_out_u64(out, setting->name, setting->word, bytes);
		break;
	case CHARACTER:
		if (kmc_nl_get(reply, setting->attr, character, 1) == 1)
			kmc_out_str(out, setting->name, setting->word, character);
		break;
	case SHORT_SIZE:
	case COUNT:
	case SECONDS:
		if (kmc_nl_get_u32(reply, setting->attr, &few))
			kmc_out_u64(out, setting->name, setting->word, few);
		break;
	}
}

static void print_settings(const struct kmc_nl_reply *reply, void *context)
{
	size_t at;

	kmc_out_open_object(context);
	for (at = 0; at < SETTING_COUNT; at++)
		print_setting(reply, &settings[at], context);
	kmc_out_close_object(context);
}

/**
 * kmc_settings_show() - the verb show
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_settings_show(struct kmc_ctl *ctl)
{
	struct kmc_nl_request *request;
	enum kmc_status status;

	status = kmc_ctl_connect(ctl);
	if (status)
		return status;
	request = kmc_nl_request_create(ctl->nl, KMC_CMD_SETTINGS_GET);
	return kmc_ctl_judge(ctl, kmc_nl_do(request, print_settings, &ctl->out));
}

static const char *kind_name(enum kind kind)
{
	switch (kind) {
	case SWITCH:
		return "on|off";
	case COUNT:
		return "N";
	case SECONDS:
		return "SECONDS";
	case CHARACTER:
		return "C";
	default:
		return "SIZE";
	}
}

/**
 * kmc_settings_explain() - tell what can be set
 * @out: where to print
 */
void kmc_settings_explain(struct kmc_out *out)
{
	size_t at;

	kmc_out_open_list(out);
	for (at = 0; at < SETTING_COUNT; at++) {
		kmc_out_open_object(out);
		kmc_out_str(out, "name", "setting", settings[at].word);
		kmc_out_str(out, "value", "value", kind_name(settings[at].kind));
		kmc_out_str(out, "summary", "what it is", settings[at].summary);
		kmc_out_close_object(out);
	}
	kmc_out_close_list(out);
}
