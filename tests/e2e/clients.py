#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# clients.py HOST PORT: what clients of memcached are there in Debian get what they expect:
# pymemcache, pylibmc in both protocols, and the tools of libmemcached. Prints TAP.
"""Client libraries against a memcached server."""
import os
import subprocess
import sys
import tempfile

import pylibmc
from pymemcache.client.base import Client, PooledClient
from pymemcache.exceptions import MemcacheClientError, MemcacheServerError

HOST, PORT = sys.argv[1], int(sys.argv[2])
BIG = b"0123456789abcdef" * 65000
TESTS = []


def test(function):
	"""A function that fails by an exception."""
	TESTS.append((function.__doc__, function))
	return function


def same(got, wanted):
	"""Fail unless they are equal."""
	if got != wanted:
		raise AssertionError(f"{got!r:.200} instead of {wanted!r:.200}")


def raises(kind, function, *args):
	"""Fail unless the call does."""
	try:
		function(*args)
	except kind:
		return
	raise AssertionError(f"no {kind.__name__}")


def py(**options):
	"""A connection of pymemcache."""
	return Client((HOST, PORT), timeout=30, default_noreply=False, **options)


@test
def py_store():
	"""pymemcache: set, add, replace, append, prepend"""
	client = py()
	client.delete("py")
	same(client.replace("py", b"x"), False)
	same(client.add("py", b"1"), True)
	same(client.add("py", b"x"), False)
	same(client.append("py", b"2"), True)
	same(client.prepend("py", b"0"), True)
	same(client.get("py"), b"012")
	same(client.set("py", b""), True)
	same(client.get("py"), b"")
	same(client.delete("py"), True)
	same(client.delete("py"), False)
	same(client.get("py", "none"), "none")


@test
def py_many():
	"""pymemcache: many keys at once"""
	client = py()
	items = {f"py-{i}": b"%d" % i * (i % 50) for i in range(500)}
	same(client.set_many(items), [])
	same(client.get_many(list(items) + ["py-none"]), items)
	same(set(client.gets_many(["py-1", "py-2"])), {"py-1", "py-2"})
	same(client.delete_many(list(items)), True)
	same(client.get_many(list(items)), {})


@test
def py_cas():
	"""pymemcache: gets and cas"""
	client = py()
	client.set("py", b"1")
	_, cas = client.gets("py")
	same(client.cas("py", b"2", cas), True)
	same(client.cas("py", b"3", cas), False)
	same(client.cas("py-none", b"3", cas), None)
	same(client.get("py"), b"2")


@test
def py_numbers():
	"""pymemcache: incr and decr"""
	client = py()
	client.set("py", b"10")
	same(client.incr("py", 5), 15)
	same(client.decr("py", 20), 0)
	same(client.incr("py-none", 1), None)
	client.set("py", b"x")
	raises(MemcacheClientError, client.incr, "py", 1)
	same(client.get("py"), b"x")


@test
def py_times():
	"""pymemcache: touch and expiry"""
	client = py()
	client.set("py", b"1", expire=1000)
	same(client.touch("py", 0), True)
	same(client.touch("py-none", 0), False)
	same(client.touch("py", -1), True)
	same(client.get("py"), None)


@test
def py_flush():
	"""pymemcache: flush_all"""
	client = py()
	client.set("py", b"1")
	same(client.flush_all(), True)
	same(client.get("py"), None)
	same(client.set("py", b"2"), True)
	same(client.get("py"), b"2")


@test
def py_sizes():
	"""pymemcache: values that are large, and one too large"""
	client = py()
	for size in (0, 1, 4095, 4096, 16384, 65536, len(BIG)):
		same(client.set("py", BIG[:size]), True)
		same(client.get("py"), BIG[:size])
	raises(MemcacheServerError, client.set, "py", BIG + BIG)
	client.close()
	same(client.get("py"), None)


@test
def py_unicode():
	"""pymemcache: keys that are no ASCII, and ones that are too long"""
	client = py(allow_unicode_keys=True)
	for key in ("schlüssel", "鍵", "k" * 250):
		same(client.set(key, key.encode()), True)
		same(client.get(key), key.encode())
	raises(MemcacheClientError, client.get, "k" * 251)


@test
def py_noreply():
	"""pymemcache: without replies"""
	client = py()
	for i in range(1000):
		client.set("py", b"%d" % i, noreply=True)
		client.incr("py", 1, noreply=True)
	same(client.get("py"), b"1000")
	client.delete("py", noreply=True)
	client.add("py", b"a", noreply=True)
	client.append("py", b"b", noreply=True)
	client.touch("py", 1000, noreply=True)
	same(client.get("py"), b"ab")
	client.flush_all(noreply=True)
	same(client.get("py"), None)


@test
def py_raw():
	"""pymemcache: version and stats"""
	client = py()
	same(client.version().split(b".")[:2], [b"1", b"6"])
	stats = client.stats()
	same(stats[b"pointer_size"], 64)


@test
def py_pool():
	"""pymemcache: a pool of connections"""
	client = PooledClient((HOST, PORT), max_pool_size=4, timeout=30)
	for i in range(200):
		client.set(f"py-{i % 7}", b"%d" % i, noreply=False)
		same(client.get(f"py-{i % 7}"), b"%d" % i)


def lib(binary, **behaviors):
	"""A connection of pylibmc."""
	behaviors.update({"cas": True, "tcp_nodelay": True})
	return pylibmc.Client([f"{HOST}:{PORT}"], binary=binary, behaviors=behaviors)


def lib_store(binary):
	"""set, add, replace, append, prepend, delete"""
	client = lib(binary)
	client.delete("lib")
	# how it says so depends on the protocol
	try:
		same(client.replace("lib", b"x"), False)
	except pylibmc.NotFound:
		pass
	same(client.add("lib", b"1"), True)
	same(client.add("lib", b"x"), False)
	same(client.append("lib", b"2"), True)
	same(client.prepend("lib", b"0"), True)
	same(client.get("lib"), b"012")
	same(client.delete("lib"), True)
	same(client.delete("lib"), False)
	same(client.get("lib"), None)


def lib_types(binary):
	"""values of all types, which are told by the flags"""
	client = lib(binary)
	for value in (1, 2 ** 70, True, "ü", b"\0\r\n", 1.5, ["a", {"b": None}], b""):
		same(client.set("lib", value), True)
		same(client.get("lib"), value)


def lib_many(binary):
	"""many keys at once"""
	client = lib(binary)
	items = {f"lib-{i}": b"%d" % i * (i % 50) for i in range(500)}
	same(client.set_multi(items), [])
	same(client.get_multi(list(items) + ["lib-none"]), items)
	same(client.delete_multi(list(items)), True)
	same(client.get_multi(list(items)), {})


def lib_cas(binary):
	"""gets and cas"""
	client = lib(binary)
	client.set("lib", b"1")
	value, cas = client.gets("lib")
	same(value, b"1")
	same(client.cas("lib", b"2", cas), True)
	same(client.cas("lib", b"3", cas), False)
	same(client.get("lib"), b"2")


def lib_numbers(binary):
	"""incr and decr"""
	client = lib(binary)
	client.set("lib", 10)
	same(client.incr("lib", 5), 15)
	same(client.decr("lib", 20), 0)
	client.delete("lib")
	raises(pylibmc.NotFound, client.incr, "lib")
	client.set_multi({"lib-a": 1, "lib-b": 2})
	same(client.incr_multi(["lib-a", "lib-b"], delta=10), None)
	same(client.get_multi(["lib-a", "lib-b"]), {"lib-a": 11, "lib-b": 12})


def lib_times(binary):
	"""touch, expiry and flush_all"""
	client = lib(binary)
	client.set("lib", b"1", time=1000)
	same(client.touch("lib", 100), True)
	same(client.get("lib"), b"1")
	client.set("lib", b"1", time=2592001)
	same(client.get("lib"), None)
	client.set("lib", b"1")
	same(client.flush_all(), True)
	same(client.get("lib"), None)


def lib_sizes(binary):
	"""values that are large, and compressed"""
	client = lib(binary)
	for size in (4096, 65536, len(BIG)):
		same(client.set("lib", BIG[:size]), True)
		same(client.get("lib"), BIG[:size])
		same(client.set("lib", BIG[:size], min_compress_len=1000), True)
		same(client.get("lib"), BIG[:size])


@test
def lib_quiet():
	"""pylibmc, text: without replies, and buffered"""
	client = lib(False, no_block=True, buffer_requests=True, _noreply=True)
	for i in range(1000):
		client.set("lib", b"%d" % i)
	# what is asked for is sent behind what was buffered
	same(client.get("lib"), b"999")


for with_binary in (False, True):
	for lib_test in (lib_store, lib_types, lib_many, lib_cas, lib_numbers, lib_times, lib_sizes):
		TESTS.append((f"pylibmc, {'binary' if with_binary else 'text'}: {lib_test.__doc__}",
			      lambda f=lib_test, b=with_binary: f(b)))


def tool(*words, fails=False):
	"""What a tool of libmemcached prints."""
	done = subprocess.run([words[0], f"--servers={HOST}:{PORT}", *words[1:]], timeout=120,
			      capture_output=True, check=False)
	if (done.returncode != 0) != fails:
		raise AssertionError(f"{words[0]}: status {done.returncode}: {done.stderr}")
	return done.stdout


def tool_files(*options):
	"""A file goes there and comes back, and goes away."""
	with tempfile.TemporaryDirectory() as folder:
		path = os.path.join(folder, "lib-tool")
		for size in (1, 4096, 500000):
			with open(path, "wb") as file:
				file.write(BIG[:size])
			tool("memccp", *options, path)
			same(tool("memccat", *options, "lib-tool").rstrip(b"\n"), BIG[:size])
	tool("memcexist", *options, "lib-tool")
	tool("memctouch", *options, "lib-tool")
	tool("memcrm", *options, "lib-tool")
	tool("memcexist", *options, "lib-tool", fails=True)


@test
def tool_text():
	"""libmemcached's tools: memccp, memccat, memcexist, memctouch, memcrm"""
	tool_files()


@test
def tool_binary():
	"""the same in the binary protocol"""
	tool_files("--binary")


@test
def tool_stat():
	"""memcstat, memcping, memcflush, memerror"""
	same(b"pointer_size: 64" in tool("memcstat"), True)
	tool("memcping")
	tool("memcflush")
	same(subprocess.run(["memcerror", "0"], capture_output=True, check=True).stdout, b"SUCCESS\n")


@test
def tool_slap():
	"""memcslap, in both protocols"""
	for options in ((), ("--binary",)):
		for kind in ("get", "set", "mget"):
			tool("memcslap", *options, "--concurrency=4", "--execute-number=200",
			     "--initial-load=200", f"--test={kind}")


def main():
	"""Run all tests."""
	failed = 0
	print(f"1..{len(TESTS)}")
	for number, (name, function) in enumerate(TESTS, 1):
		try:
			function()
			print(f"ok {number} - {name}", flush=True)
		except Exception as error:  # pylint: disable=broad-except
			failed += 1
			print(f"not ok {number} - {name}\n# {type(error).__name__}: {error}", flush=True)
	return failed > 0


sys.exit(main())
