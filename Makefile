# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# One door to everything: "make help". What is built goes below build/ only.

ifeq ($(origin CC),default)
CC := gcc
endif

PREFIX ?= /usr/local
PORT ?= 11211
BUILD ?= build
KDIR ?= /lib/modules/$(shell uname -r)/build

# Not kernel.release: Debian's differs there from what the kernel calls itself.
utsrelease = $(wildcard $(KDIR)/include/generated/utsrelease.h)
release = $(if $(utsrelease),$(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(utsrelease)),\
	$(shell uname -r))
RELEASE := $(strip $(release))
OUT := $(abspath $(BUILD))/$(RELEASE)

# More warnings than kbuild's own: this code has none of them. W= for kbuild's.
W ?= 1

# Without a vmlinux there can be no BTF, and kbuild would say so each time.
KBUILD = $(MAKE) --no-print-directory -C $(KDIR) M=$(OUT)/kmod W=$(W) \
	$(if $(wildcard $(KDIR)/vmlinux),,CONFIG_DEBUG_INFO_BTF_MODULES=)

WARNINGS := -Wall -Wextra
INCLUDES := -Iinclude/uapi -I.

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: run
run: ## boot a VM that serves on 127.0.0.1:11211 (PORT=N) and say how to use it
	@tests/deps run
	@tests/serve $(PORT)

.PHONY: test
test: ## install what the tests need, and run all of them
	@tests/deps test
	@tests/run

# The module. kbuild writes beside the sources, so each kernel gets a mirror of
# links to them; the lock keeps two builds for the same kernel apart.

.PHONY: module
module: headers ## build build/<kernel>/kmemcached.ko (KDIR=, W=, C=, CF= as in kbuild)
	+@mkdir -p $(OUT) && exec 9> $(OUT)/.lock && flock 9 && \
	cp -rsf $(CURDIR)/kmod $(CURDIR)/include $(OUT)/ && \
	find $(OUT)/kmod $(OUT)/include -xtype l -delete && \
	$(KBUILD) modules 9>&- && \
	{ cmp -s $(OUT)/kmod/kmemcached.ko $(OUT)/kmemcached.ko || \
	  { cp $(OUT)/kmod/kmemcached.ko $(OUT)/.kmemcached.ko && \
	    mv $(OUT)/.kmemcached.ko $(OUT)/kmemcached.ko; }; }

.PHONY: headers
headers:
	@test -e $(KDIR)/Makefile || { \
	echo "The headers of kernel $(RELEASE) are missing: no $(KDIR)/Makefile." >&2; \
	echo "Install them: apt-get install linux-headers-$(RELEASE)" >&2; exit 1; }

# The control command.

KMCCTL_OBJS := $(patsubst kmcctl/%.c,$(BUILD)/kmcctl/%.o,$(wildcard kmcctl/*.c))

.PHONY: kmcctl
kmcctl: $(BUILD)/bin/kmcctl ## build build/bin/kmcctl

$(BUILD)/bin/kmcctl: $(KMCCTL_OBJS)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@.$$$$ $^ `pkg-config --libs libnl-genl-3.0` && mv $@.$$$$ $@

$(BUILD)/kmcctl/%.o: kmcctl/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -g $(WARNINGS) -Wshadow -Wstrict-prototypes -Iinclude/uapi \
		`pkg-config --cflags libnl-genl-3.0` $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(KMCCTL_OBJS:.o=.d)

# Unit and end-to-end programs. Each names what it is made of besides itself in
# lines "// sources: FILE...", and is compiled in one go.

HEADERS := $(wildcard include/uapi/linux/*.h kmod/*.h kmod/*/*.h kmcctl/*.h tests/*/*.h \
	tests/e2e/net/*.h tests/fuzz/diff/*.h tests/include/linux/*.h)
mains = $(patsubst tests/$(1)/%.c,$(BUILD)/$(1)/%,\
	$(shell grep -ls '^int main\>' $(wildcard tests/$(1)/*.c)))
sources = $(sort $(1) $(shell sed -n 's|^// sources:||p' $(1)))

UNIT := $(call mains,unit)
E2E := $(call mains,e2e) $(call mains,e2e/net)
LIFE := $(call mains,life)
BENCH := $(call mains,bench)
TARGETS := $(patsubst tests/fuzz/%.c,%,$(shell grep -ls '^int LLVMFuzzer' tests/fuzz/*.c))
REPLAY := $(addprefix $(BUILD)/fuzz/replay-,$(TARGETS))
FUZZERS := $(addprefix $(BUILD)/fuzz/fuzz-,$(TARGETS))
DIFF := $(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/fuzz/diff.c))

.PHONY: unit
unit: $(UNIT) ## build and run the unit tests
	@tests/run unit

.PHONY: unit-build
unit-build: $(UNIT) $(REPLAY)

.PHONY: e2e
e2e: ## build, then run the end-to-end tests: in VMs, and against memcached
	@tests/run memcached 6.1 6.12

.PHONY: e2e-build
e2e-build: $(E2E) ## build the end-to-end test programs

.PHONY: life-build
life-build: $(LIFE) ## build the random life cycle

.PHONY: bench-build
bench-build: $(BENCH) ## build what tests/bench/ measures with

.PHONY: diff-build
diff-build: $(DIFF) ## build the differential fuzzer

.PHONY: fuzz-build
fuzz-build: $(FUZZERS) ## build the fuzz targets with libFuzzer, which is clang's

.PHONY: fault-build
fault-build: ## build the fault injection, for the debug kernel
	@tests/fault/build

.PHONY: torture-build
torture-build: ## build the store's torture module, for 6.1, 6.12 and debug
	@tests/torture/build

.SECONDEXPANSION:

$(UNIT): $(BUILD)/unit/%: $$(call sources,tests/unit/$$*.c) $(HEADERS)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
		$(WARNINGS) -Wno-unused-parameter -Werror -Itests/include -Ikmod $(INCLUDES) \
		-o $@.$$$$ $(filter %.c,$^) -lcmocka && mv $@.$$$$ $@

# The same targets twice: with a main that runs the inputs that are kept, and with libFuzzer's.
FUZZ_FLAGS := -std=gnu11 -O1 -g $(WARNINGS) -Wno-unused-parameter -Werror -Itests/include -Ikmod \
	$(INCLUDES)

$(REPLAY): $(BUILD)/fuzz/replay-%: $$(call sources,tests/fuzz/$$*.c) tests/fuzz/replay.c $(HEADERS)
	@mkdir -p $(@D)
	$(CC) -fsanitize=address,undefined -fno-sanitize-recover=all $(FUZZ_FLAGS) \
		-o $@.$$$$ $(filter %.c,$^) && mv $@.$$$$ $@

$(FUZZERS): $(BUILD)/fuzz/fuzz-%: $$(call sources,tests/fuzz/$$*.c) $(HEADERS)
	@mkdir -p $(@D)
	clang -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(FUZZ_FLAGS) \
		-o $@.$$$$ $(filter %.c,$^) && mv $@.$$$$ $@

$(DIFF): $(BUILD)/fuzz/%: $$(call sources,tests/fuzz/$$*.c) $(HEADERS)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -g $(WARNINGS) -Werror $(INCLUDES) \
		-o $@.$$$$ $(filter %.c,$^) && mv $@.$$$$ $@

$(E2E): $(BUILD)/e2e/%: $$(call sources,tests/e2e/$$*.c) $(HEADERS)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -g $(WARNINGS) -Werror $(INCLUDES) \
		-o $@.$$$$ $(filter %.c,$^) -lcmocka -lmemcached -lpthread && mv $@.$$$$ $@

$(LIFE): $(BUILD)/life/%: $$(call sources,tests/life/$$*.c) $(HEADERS)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -g $(WARNINGS) -Werror $(INCLUDES) \
		`pkg-config --cflags libnl-genl-3.0` -o $@.$$$$ $(filter %.c,$^) \
		`pkg-config --libs libnl-genl-3.0` && mv $@.$$$$ $@

$(BENCH): $(BUILD)/bench/%: $$(call sources,tests/bench/$$*.c) $(HEADERS)
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -g $(WARNINGS) -Werror $(INCLUDES) \
		-o $@.$$$$ $(filter %.c,$^) -lm && mv $@.$$$$ $@

.PHONY: lint
lint: ## check includes, style, the uapi header, sparse, kernel-doc and scripts
	@tests/run lint

.PHONY: vm-selftest
vm-selftest: ## prove that the VM's detectors detect
	@tests/run vm-selftest

# Installing. The modules are indexed for a kernel that is here, not for a package.

DEPMOD = $(if $(DESTDIR),,if [ -d /lib/modules/$(RELEASE) ]; then depmod $(RELEASE); fi)

.PHONY: install
install: module kmcctl ## install the module, kmcctl and its man page (PREFIX=, DESTDIR=)
	+@exec 9> $(OUT)/.lock && flock 9 && \
	$(KBUILD) INSTALL_MOD_DIR=updates INSTALL_MOD_PATH=$(DESTDIR) CONFIG_MODULE_SIG_ALL= \
		cmd_depmod=: modules_install 9>&-
	$(DEPMOD)
	install -D -m 755 $(BUILD)/bin/kmcctl $(DESTDIR)$(PREFIX)/sbin/kmcctl
	install -D -m 644 kmcctl/kmcctl.8 $(DESTDIR)$(PREFIX)/share/man/man8/kmcctl.8
	install -D -m 644 kmcctl/kmcctl.bash \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/kmcctl

.PHONY: uninstall
uninstall: ## remove what install has installed
	rm -f $(DESTDIR)/lib/modules/$(RELEASE)/updates/kmemcached.ko*
	$(DEPMOD)
	rm -f $(DESTDIR)$(PREFIX)/sbin/kmcctl $(DESTDIR)$(PREFIX)/share/man/man8/kmcctl.8 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/kmcctl

.PHONY: clean
clean: ## remove build/
	rm -rf $(BUILD)
