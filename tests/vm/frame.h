/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * What exec (on the host) and agent (in the guest) say to each other: frames of a type, a length
 * and that many bytes. One TCP connection is one command.
 */
#ifndef KMC_VM_FRAME_H
#define KMC_VM_FRAME_H

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum frame_type {
	/* exec to agent */
	FRAME_COMMAND = 1,	/* token, directory, argv[0]...; a NUL after each */
	FRAME_INPUT,		/* bytes for stdin; none: its end */
	FRAME_SIGNAL,		/* one byte: a signal for the command's process group */

	/* agent to exec */
	FRAME_HELLO,		/* nothing: somebody is there for this connection */
	FRAME_OUTPUT,		/* bytes from stdout */
	FRAME_ERROR,		/* bytes from stderr */
	FRAME_TAKEN,		/* 32 bits: so many more bytes of input were used */
	FRAME_EXIT,		/* one byte, the exit status: 128 + n after signal n; comes last */
};

#define FRAME_HEAD		5u
#define FRAME_DATA_MAX		65536u
#define FRAME_COMMAND_MAX	(1u << 20)

/*
 * Input bytes that exec may have sent and agent not yet used: with this bound agent can always read
 * its socket, and so sees signals and the end of exec even when the command reads no input.
 */
#define FRAME_WINDOW		262144u

/* The harness failed, not the command. */
#define FRAME_STATUS_HARNESS	125

/**
 * frame_put_head() - write a frame's head
 * @to: FRAME_HEAD bytes
 * @type: the frame's type
 * @len: bytes that follow the head
 */
static inline void frame_put_head(unsigned char *to, enum frame_type type, uint32_t len)
{
	len = htonl(len);
	to[0] = type;
	memcpy(to + 1, &len, sizeof(len));
}

/**
 * frame_len() - bytes that follow a head
 * @head: FRAME_HEAD bytes
 *
 * Return: the frame's length without its head.
 */
static inline uint32_t frame_len(const unsigned char *head)
{
	uint32_t len;

	memcpy(&len, head + 1, sizeof(len));
	return ntohl(len);
}

#endif /* KMC_VM_FRAME_H */
