/* Lists of system calls. */
#include "batch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND 1000000000LL
#define DIGITS 24

int timed_version(void)
{
	return TIMED_VERSION;
}

int64_t timed_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

void timed_exact_pauses(void)
{
	/* Nanoseconds; 0 is the default. */
	prctl(PR_SET_TIMERSLACK, 1UL);
}

static void *address(int64_t value)
{
	return (void *)(intptr_t)value;
}

static void print(const int64_t *args)
{
	char digits[DIGITS];
	int length = snprintf(digits, sizeof(digits), "%lld", (long long)args[0]);
	char *to = address(args[1]);
	int64_t width = args[2];

	if (width == 0) {
		memcpy(to, digits, (size_t)length + 1);
		return;
	}
	for (int64_t i = 0; i < width - length; i++)
		to[i] = '/';
	memcpy(to + (width > length ? width - length : 0), digits, (size_t)length);
}

static int64_t step(int number, const int64_t *args)
{
	uint32_t word;

	switch (number) {
	case TIMED_PRINT:
		print(args);
		return 0;
	case TIMED_STORE:
		word = (uint32_t)args[0];
		memcpy(address(args[1]), &word, sizeof(word));
		return 0;
	case TIMED_EXPECT:
		memcpy(&word, address(args[0]), sizeof(word));
		return (word & (uint32_t)args[1]) == (uint32_t)args[2] ? 0 : -args[3];
	default:
		return -ENOSYS;
	}
}

static int64_t raw(int number, const int64_t *args)
{
	long result = syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]);

	return result < 0 ? -errno : result;
}

static int64_t make(const struct timed_call *calls, const struct timed_call *call, struct timed_window *window)
{
	int64_t args[TIMED_ARGS];
	int64_t result;

	for (int i = 0; i < TIMED_ARGS; i++)
		args[i] = call->result_of[i] < 0 ? call->args[i] : calls[call->result_of[i]].result;
	if (call->number < 0)
		return step(call->number, args);
	if (call->flags & TIMED_WHOLE)
		return batch_write((int)args[0], address(args[1]), args[2], window) == 0 ? args[2] : -errno;
	do {
		if (call->number == SYS_read)
			window->reads++;
		if (call->number == SYS_write)
			window->writes++;
		result = raw(call->number, args);
	} while ((result == -EINTR && call->flags & TIMED_AGAIN) || (result > 0 && call->flags & TIMED_TO_END));
	return result;
}

/* Whether a list that failed at this call may succeed later. */
static int is_not_yet(const struct timed_call *call)
{
	return call->wanted != 0 ? call->result >= 0 : call->not_yet != 0 && call->result == -call->not_yet;
}

static int succeeded(const struct timed_call *call)
{
	return call->wanted != 0 ? call->result == -call->wanted : call->result >= 0;
}

static void run_once(struct timed_call *calls, int count, struct timed_window *window)
{
	window->failed = -1;
	window->error = 0;
	for (int i = 0; i < count; i++) {
		if (window->failed >= 0 && !(calls[i].flags & TIMED_ALWAYS)) {
			/* Not the descriptor of an earlier pass, which is closed. */
			calls[i].result = -ECANCELED;
			continue;
		}
		calls[i].result = make(calls, &calls[i], window);
		if (succeeded(&calls[i]) || window->failed >= 0)
			continue;
		window->failed = i;
		window->error = calls[i].result < 0 ? (int32_t)-calls[i].result : EBUSY;
	}
}

int timed_run(struct timed_call *calls, int count, struct timed_window *window)
{
	int64_t from;

	window->reads = window->writes = 0;
	from = timed_now_ns();
	run_once(calls, count, window);
	window->wall_ns = timed_now_ns() - from;
	return -window->error;
}

int timed_wait(struct timed_call *calls, int count, int64_t pause_ns, int64_t limit_ns, struct timed_window *window)
{
	const struct timespec pause = {.tv_sec = pause_ns / NS_PER_SECOND, .tv_nsec = pause_ns % NS_PER_SECOND};
	int64_t from;

	window->reads = window->writes = 0;
	from = timed_now_ns();
	for (;;) {
		run_once(calls, count, window);
		window->wall_ns = timed_now_ns() - from;
		if (window->failed < 0)
			return 0;
		if (!is_not_yet(&calls[window->failed]))
			return -window->error;
		if (window->wall_ns >= limit_ns)
			return -ETIMEDOUT;
		nanosleep(&pause, NULL);
	}
}
