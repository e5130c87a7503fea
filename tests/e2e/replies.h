/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The longer replies of the text protocol. */
#ifndef E2E_REPLIES_H
#define E2E_REPLIES_H

#define BAD_LINE "CLIENT_ERROR bad command line format\r\n"
#define BAD_CHUNK "CLIENT_ERROR bad data chunk\r\n"
#define BAD_DELTA "CLIENT_ERROR invalid numeric delta argument\r\n"
#define BAD_EXPTIME "CLIENT_ERROR invalid exptime argument\r\n"
#define BAD_DELETE "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]\r\n"
#define NOT_A_NUMBER "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"
#define TOO_LARGE "SERVER_ERROR object too large for cache\r\n"
#define TOO_MANY_CONNECTIONS "ERROR Too many open connections\r\n"

#endif
