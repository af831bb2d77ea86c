// A library that lets the wall clock step for the processes that load it; the machine's clock is not touched.
//
// Needs:  a C compiler, and a program that is linked to the C library at run time, as Node.js is.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each reading of the wall clock is an hour away from the one before; CLOCK_MONOTONIC is true. */
const CLOCK = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>
static int readings;
static long step(void) { return (__atomic_add_fetch(&readings, 1, __ATOMIC_RELAXED) & 1) ? 3600 : -3600; }
int clock_gettime(clockid_t id, struct timespec *ts) {
	static int (*next)(clockid_t, struct timespec *);
	if (!next) next = dlsym(RTLD_NEXT, "clock_gettime");
	int result = next(id, ts);
	if (id == CLOCK_REALTIME) ts->tv_sec += step();
	return result;
}
int gettimeofday(struct timeval *tv, void *tz) {
	struct timespec ts;
	(void)tz;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}
`;

/** For LD_PRELOAD: the path of the library, which is made in `folder`. */
export const buildSteppingClock = (folder: string): string => {
  const [source, library] = [join(folder, 'clock.c'), join(folder, 'clock.so')];
  writeFileSync(source, CLOCK);
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`no library with a clock that steps: ${stderr}`);
  return library;
};
