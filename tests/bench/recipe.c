// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recipe.h"

/* All keys have this many bytes: requests of one form are equally long. */
#define KEY_SIZE	30

/* A packet of the binary protocol begins with this. */
#define HEAD_SIZE	24
#define HEAD_BODY	8
#define HEAD_CAS	16
#define CAS_SIZE	8

static void add(struct text *text, const void *bytes, size_t size)
{
	while (text->room - text->size < size) {
		text->room = text->room ? 2 * text->room : 4096;
		text->bytes = realloc(text->bytes, text->room);
		if (!text->bytes) {
			perror("load");
			exit(1);
		}
	}
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
}

static void add_word(struct text *text, const char *word)
{
	add(text, word, strlen(word));
}

/**
 * text_free() - make a text empty
 * @text: the text
 */
void text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){ 0 };
}

static void add_key(const struct recipe *recipe, unsigned int key, struct text *text)
{
	char name[KEY_SIZE + 1];

	snprintf(name, sizeof(name), "bench:%s:%019u",
		 recipe->kind == RECIPE_MISS ? "none" : "some", key);
	add(text, name, KEY_SIZE);
}

static void add_value(const struct recipe *recipe, unsigned int key, struct text *text)
{
	char piece[1024];
	size_t done, size, i;

	for (done = 0; done < recipe->value; done += size) {
		size = recipe->value - done;
		if (size > sizeof(piece))
			size = sizeof(piece);
		for (i = 0; i < size; i++)
			piece[i] = 'a' + (7 * key + done + i) % 26;
		add(text, piece, size);
	}
}

/* The first key of a request. */
static unsigned int key_of(const struct recipe *recipe, unsigned int number, unsigned int place)
{
	return (number * recipe->per_request + place) % recipe->keys;
}

/**
 * recipe_parse() - what a workload is called
 * @recipe: gets it
 * @word: its name
 *
 * Return: false if there is none of this name.
 */
bool recipe_parse(struct recipe *recipe, const char *word)
{
	static const char * const names[] = {
		[RECIPE_GET] = "get",
		[RECIPE_MISS] = "miss",
		[RECIPE_SET] = "set",
		[RECIPE_MIX] = "mix",
		[RECIPE_META] = "meta",
		[RECIPE_BINARY] = "binary",
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], word))
			continue;
		recipe->kind = i;
		return true;
	}
	return false;
}

/**
 * recipe_is_set() - is this request a set?
 * @recipe: the workload
 * @number: the request
 *
 * Of a mix, one of each ten is, the first of all among them; not always the same one.
 *
 * Return: whether it is.
 */
bool recipe_is_set(const struct recipe *recipe, unsigned int number)
{
	if (recipe->kind == RECIPE_MIX)
		return number % 10 == 7 * (number / 10) % 10;
	return recipe->kind == RECIPE_SET;
}

/**
 * recipe_add_store() - the request that stores a key's value
 * @recipe: the workload
 * @key: the key's number
 * @text: where it is appended
 */
void recipe_add_store(const struct recipe *recipe, unsigned int key, struct text *text)
{
	char rest[32];

	add_word(text, "set ");
	add_key(recipe, key, text);
	snprintf(rest, sizeof(rest), " 0 0 %zu\r\n", recipe->value);
	add_word(text, rest);
	add_value(recipe, key, text);
	add_word(text, "\r\n");
}

/* A packet's header with an opcode of 0, which is get. */
static void add_head(struct text *text, uint8_t magic, uint16_t key_size, uint8_t extras_size,
		     uint32_t body_size)
{
	uint8_t head[HEAD_SIZE] = {
		magic, 0, key_size >> 8, key_size, extras_size, 0, 0, 0,
		body_size >> 24, body_size >> 16, body_size >> 8, body_size,
	};

	add(text, head, sizeof(head));
}

/**
 * recipe_add_request() - a request
 * @recipe: the workload
 * @number: which
 * @text: where it is appended
 */
void recipe_add_request(const struct recipe *recipe, unsigned int number, struct text *text)
{
	unsigned int i;

	if (recipe_is_set(recipe, number)) {
		recipe_add_store(recipe, key_of(recipe, number, 0), text);
		return;
	}
	if (recipe->kind == RECIPE_BINARY) {
		add_head(text, 0x80, KEY_SIZE, 0, KEY_SIZE);
		add_key(recipe, key_of(recipe, number, 0), text);
		return;
	}
	add_word(text, recipe->kind == RECIPE_META ? "mg" : "get");
	for (i = 0; i < recipe->per_request; i++) {
		add_word(text, " ");
		add_key(recipe, key_of(recipe, number, i), text);
	}
	add_word(text, recipe->kind == RECIPE_META ? " v\r\n" : "\r\n");
}

static void add_found(const struct recipe *recipe, unsigned int key, struct text *text)
{
	char line[32];

	if (recipe->kind == RECIPE_META) {
		snprintf(line, sizeof(line), "VA %zu\r\n", recipe->value);
	} else {
		add_word(text, "VALUE ");
		add_key(recipe, key, text);
		snprintf(line, sizeof(line), " 0 %zu\r\n", recipe->value);
	}
	add_word(text, line);
	add_value(recipe, key, text);
	add_word(text, "\r\n");
}

static void add_packet(const struct recipe *recipe, unsigned int key, struct text *text)
{
	static const char flags[4];

	add_head(text, 0x81, 0, sizeof(flags), sizeof(flags) + recipe->value);
	add(text, flags, sizeof(flags));
	add_value(recipe, key, text);
}

/* The first request that has the same form as this one. */
static unsigned int first_like(const struct recipe *recipe, unsigned int number)
{
	return recipe->kind == RECIPE_MIX && !recipe_is_set(recipe, number);
}

/**
 * recipe_add_reply() - what must be answered to a request
 * @recipe: the workload
 * @number: which
 * @text: where it is appended; cas ids are 0
 */
void recipe_add_reply(const struct recipe *recipe, unsigned int number, struct text *text)
{
	unsigned int i;

	if (recipe->is_fixed)
		number = first_like(recipe, number);
	if (recipe_is_set(recipe, number)) {
		add_word(text, "STORED\r\n");
		return;
	}
	if (recipe->kind == RECIPE_BINARY) {
		add_packet(recipe, key_of(recipe, number, 0), text);
		return;
	}
	for (i = 0; recipe->kind != RECIPE_MISS && i < recipe->per_request; i++)
		add_found(recipe, key_of(recipe, number, i), text);
	if (recipe->kind != RECIPE_META)
		add_word(text, "END\r\n");
}

/**
 * recipe_forget_cas() - make the cas ids of replies what recipe_add_reply() has
 * @recipe: the workload
 * @text: replies
 */
void recipe_forget_cas(const struct recipe *recipe, struct text *text)
{
	size_t at = 0;

	if (recipe->kind != RECIPE_BINARY)
		return;
	while (at + HEAD_SIZE <= text->size) {
		const uint8_t *body = (uint8_t *)text->bytes + at + HEAD_BODY;

		memset(text->bytes + at + HEAD_CAS, 0, CAS_SIZE);
		at += HEAD_SIZE + ((uint32_t)body[0] << 24 | body[1] << 16 | body[2] << 8 |
				   body[3]);
	}
}
