/*
 * Lives many lives at the same time, in processes of their own, as runtimes do.
 *
 *     workers SCRIPT BLOB RESULTS READY-FD
 *
 * Does:    writes one byte to READY-FD when all workers are ready, waits until the harness sets `go` in the results, and
 *          ends when every worker did. A worker takes the next life by an atomic counter; with due times it sleeps until the life
 *          is due.
 * Error:   exit code 0 also if lives failed: each is in the results.
 * Leaves:  nothing: workers end with this process, servers with their worker.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ends.h"
#include "life.h"
#include "results.h"

#define NS_PER_SECOND 1000000000LL
#define POLL_NS 200000
#define START_MARGIN_NS 2000000

static void sleep_until(int64_t ns)
{
	const struct timespec until = {.tv_sec = ns / NS_PER_SECOND, .tv_nsec = ns % NS_PER_SECOND};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

static void stop_taking(struct worker *worker)
{
	__atomic_store_n(&worker->results->taken, worker->script->life_count, __ATOMIC_RELAXED);
}

/* The lives end with the last life of any worker, before the workers exit. */
static void end_lives(const struct worker *worker)
{
	int64_t now = since_start(worker);
	int64_t last = __atomic_load_n(&worker->results->ended_ns, __ATOMIC_RELAXED);

	while (now > last && !__atomic_compare_exchange_n(&worker->results->ended_ns, &last, now, 0, __ATOMIC_RELAXED,
							  __ATOMIC_RELAXED))
		;
}

/* Returns the number of the next life, or -1. */
static int64_t take(struct worker *worker)
{
	const struct script *script = worker->script;
	int64_t number;

	if (script->most_ns > 0 && since_start(worker) >= script->most_ns)
		stop_taking(worker);
	number = __atomic_fetch_add(&worker->results->taken, 1, __ATOMIC_RELAXED);
	return number < script->life_count ? number : -1;
}

static void live_one(struct worker *worker, int64_t number)
{
	const struct script *script = worker->script;
	const int32_t *order = script_at(script, script->order);
	const int64_t *due = script_at(script, script->due);
	const struct image *images = script_at(script, script->images);
	struct life *life = &worker->results->lives[number];

	if (number == script->stall_life)
		sleep_until(timed_now_ns() + script->stall_ns);
	programs_forget(&worker->programs);
	if (script->due != 0)
		sleep_until(worker->results->started_ns + due[number]);
	life->begun = since_start(worker);
	life->due = script->due != 0 ? due[number] : life->begun;
	if (script->most_late_ns > 0 && life->begun - life->due > script->most_late_ns) {
		worker->results->late = 1;
		stop_taking(worker);
		return;
	}
	live(worker, &images[order[number]], life);
}

static int64_t cpu_ns(const struct timeval *time)
{
	return time->tv_sec * NS_PER_SECOND + time->tv_usec * 1000LL;
}

/* Adds the CPU time of this process and of those that it awaited, `sign` times. */
static void add_usage(struct results *results, int sign)
{
	const int who[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
	struct rusage usage;

	for (int i = 0; i < 2; i++) {
		getrusage(who[i], &usage);
		__atomic_fetch_add(&results->user_ns, sign * cpu_ns(&usage.ru_utime), __ATOMIC_RELAXED);
		__atomic_fetch_add(&results->system_ns, sign * cpu_ns(&usage.ru_stime), __ATOMIC_RELAXED);
	}
}

/* Of a worker process of `parent`; `gate` reaches its end when the lives begin, and when the parent is gone. */
static int work(struct worker *worker, char **argv, int gate, pid_t parent)
{
	int64_t number;
	char byte;
	int err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		return 1;
	worker->script = script_load(argv[1], argv[2], worker->number);
	if (worker->script == NULL)
		return 1;
	err = programs_open(&worker->programs, worker->script);
	if (err < 0) {
		fprintf(stderr, "workers: cannot prepare worker %d: %s\n", worker->number, strerror(-err));
		return 1;
	}
	results_make_writable(worker->results, worker->script->life_count);
	__atomic_fetch_add(&worker->results->ready, 1, __ATOMIC_RELEASE);
	if (read(gate, &byte, 1) != 0 || worker->results->started_ns == 0)
		return 1;
	close(gate);
	add_usage(worker->results, -1);
	sleep_until(worker->results->started_ns);
	while ((number = take(worker)) >= 0)
		live_one(worker, number);
	end_lives(worker);
	add_usage(worker->results, 1);
	return 0;
}

struct crew {
	pid_t pids[WORKERS_MAX];
	int controls[WORKERS_MAX]; /* to the shared server */
	int count;
	int gate; /* closed when the lives begin */
};

/* Returns 0, or -errno. */
static int start_workers(struct crew *crew, struct worker *worker, char **argv)
{
	const pid_t parent = getpid();
	int gate[2];

	if (pipe2(gate, O_CLOEXEC) < 0)
		return -errno;
	for (crew->count = 0; crew->count < worker->script->worker_count; crew->count++) {
		pid_t pid = fork();

		if (pid < 0)
			return -errno;
		if (pid == 0) {
			close(gate[1]);
			worker->number = crew->count;
			worker->control_fd = crew->controls[crew->count];
			_exit(work(worker, argv, gate[0], parent));
		}
		crew->pids[crew->count] = pid;
	}
	close(gate[0]);
	crew->gate = gate[1];
	return 0;
}

/* Whether it was exit code 0. Else says which worker ended, and how; ends_server does so for the shared server. */
static int ended_well(const struct crew *crew, pid_t pid, int status)
{
	char who[32];

	for (int i = 0; status != 0 && i < crew->count; i++)
		if (crew->pids[i] == pid) {
			snprintf(who, sizeof(who), "worker %d", i);
			ends_say(who, status);
		}
	return status == 0;
}

/* Whether all workers ended with exit code 0. */
static int await_workers(const struct crew *crew)
{
	int fine = 1;

	for (int i = 0; i < crew->count; i++) {
		int status = 0;

		while (waitpid(crew->pids[i], &status, 0) < 0 && errno == EINTR)
			;
		fine = ended_well(crew, crew->pids[i], status) && fine;
	}
	return fine;
}

/* Waits until the counter has this value; 0 if a worker, or the shared server, ended before. */
static int await_value(const int64_t *counter, int64_t value, const struct crew *crew)
{
	siginfo_t info = {0};

	while (__atomic_load_n(counter, __ATOMIC_ACQUIRE) != value) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
			ended_well(crew, info.si_pid, info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status);
			return 0;
		}
		sleep_until(timed_now_ns() + POLL_NS);
	}
	return 1;
}

static int64_t process_cpu_ns(pid_t pid)
{
	struct timespec used = {0};
	clockid_t clock;

	if (pid > 0 && clock_getcpuclockid(pid, &clock) == 0)
		clock_gettime(clock, &used);
	return used.tv_sec * NS_PER_SECOND + used.tv_nsec;
}

/* `server`: of all mounts, or 0. */
static int run(struct worker *worker, char **argv, struct crew *crew, pid_t server)
{
	struct results *results = worker->results;
	int err = start_workers(crew, worker, argv);
	int fine;

	if (err < 0) {
		fprintf(stderr, "workers: cannot start worker %d: %s\n", crew->count, strerror(-err));
		return 1;
	}
	if (!await_value(&results->ready, crew->count, crew) || write(atoi(argv[4]), "", 1) != 1)
		return 1;
	if (!await_value(&results->go, 1, crew))
		return 1;
	results->started_ns = timed_now_ns() + START_MARGIN_NS;
	results->user_ns = -process_cpu_ns(server);
	close(crew->gate);
	fine = await_workers(crew);
	results->user_ns += process_cpu_ns(server);
	return fine ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct worker worker = {0};
	struct crew crew = {0};
	const struct step *steps;
	pid_t server = 0;
	int failed;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	timed_exact_pauses();
	if (argc != 5) {
		fputs("usage: workers SCRIPT BLOB RESULTS READY-FD\n", stderr);
		return 2;
	}
	/* Programs that it starts do not inherit it. */
	fcntl(atoi(argv[4]), F_SETFD, FD_CLOEXEC);
	worker.script = script_load(argv[1], argv[2], 0);
	if (worker.script == NULL || worker.script->worker_count < 1 || worker.script->worker_count > WORKERS_MAX)
		return 1;
	worker.results = results_open(argv[3], worker.script->life_count);
	if (worker.results == NULL || programs_open(&worker.programs, worker.script) < 0) {
		fprintf(stderr, "workers: %s: %s\n", argv[3], strerror(errno));
		return 1;
	}
	steps = script_at(worker.script, worker.script->steps);
	if (worker.script->setup >= 0) {
		int err = programs_share(&worker.programs, &steps[worker.script->setup], (int)worker.script->worker_count,
					 crew.controls, &server);

		if (err < 0) {
			fprintf(stderr, "workers: the shared server is not ready: %s\n", strerror(-err));
			return 1;
		}
	}
	failed = run(&worker, argv, &crew, server);
	return server > 0 && !ends_server(server, &steps[worker.script->setup]) ? 1 : failed;
}
