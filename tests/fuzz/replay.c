// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * NAME DIR...: run a fuzz target on the files of folders, for compilers that have no libFuzzer.
 * What was running when it aborts is the last line.
 */
#include <dirent.h>

#include "fuzz.h"

static void run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	long size;

	fuzz_check(file && !fseek(file, 0, SEEK_END));
	size = ftell(file);
	fuzz_check(size >= 0 && !fseek(file, 0, SEEK_SET));
	data = malloc(size ? size : 1);
	fuzz_check(data && fread(data, 1, size, file) == (size_t)size);
	fclose(file);
	printf("# %s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

static int is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int run_folder(const char *folder)
{
	struct dirent **entries;
	char path[4096];
	int count, i;

	count = scandir(folder, &entries, is_input, alphasort);
	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		run_file(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return count > 0 ? count : 0;
}

int main(int argc, char **argv)
{
	int i, failed = 0;

	printf("1..%d\n", argc - 1);
	for (i = 1; i < argc; i++) {
		int count = run_folder(argv[i]);

		printf("%s %d - %d inputs of %s\n", count ? "ok" : "not ok", i, count, argv[i]);
		failed |= !count;
	}
	return failed || argc < 2;
}
