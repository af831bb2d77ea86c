/*
 * One life of an image: its steps in their order, with the time at which each phase ended.
 *
 * Does:    after a failure closes the descriptors of the failed list, kills the servers of the life, detaches its mounts lazily, makes
 *          its steps of destroy and empties its folder, so that the next life of the worker begins as the first did.
 */
#include "life.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REPLY_BYTES 4096
#define FOLDER_MODE 0755
#define MOUNTS_MAX 8

int64_t since_start(const struct worker *worker)
{
	return timed_now_ns() - worker->results->started_ns;
}

static int ask_server(struct worker *worker, const struct step *step, char *tail)
{
	const void *message = script_at(worker->script, step->at);
	char reply[REPLY_BYTES];
	ssize_t bytes;

	if (send(worker->control_fd, message, (size_t)step->bytes, MSG_NOSIGNAL) < 0 ||
	    (bytes = recv(worker->control_fd, reply, sizeof(reply) - 1, 0)) < 0)
		return -errno;
	reply[bytes] = '\0';
	if (strcmp(reply, "ok") == 0)
		return 0;
	snprintf(tail, TAIL_BYTES, "%.*s", TAIL_BYTES - 1, reply);
	return -EPROTO;
}

/* Closes what the list opened and did not close, as the harness does for its lists. */
static void close_opened(struct timed_call *calls, int count)
{
	for (int i = 0; i < count; i++)
		if (calls[i].number == SYS_close && calls[i].result_of[0] >= 0 && calls[i].result != -ECANCELED)
			calls[calls[i].result_of[0]].result = -ECANCELED;
	for (int i = 0; i < count; i++)
		if (calls[i].flags & TIMED_OPENS && calls[i].result >= 0)
			close((int)calls[i].result);
}

static int make_calls(struct worker *worker, const struct step *step, struct life *life)
{
	struct timed_call *calls = script_at(worker->script, worker->script->calls);
	struct timed_window window;
	int err;

	if (step->kind == STEP_RUN)
		err = timed_run(calls + step->first, step->count, &window);
	else
		err = timed_wait(calls + step->first, step->count, step->pause_ns, step->limit_ns, &window);
	if (err < 0) {
		life->call = window.failed;
		close_opened(calls + step->first, step->count);
	}
	return err;
}

static int remove_tree(struct worker *worker, const struct step *step, struct life *life)
{
	struct timed_window window;
	int err = timed_remove(script_at(worker->script, step->at), &window);

	if (err < 0)
		snprintf(life->tail, TAIL_BYTES, "%.*s", TAIL_BYTES - 1, window.name);
	return err;
}

/* 0 or -errno. */
static int make_step(struct worker *worker, const struct step *step, struct life *life)
{
	switch (step->kind) {
	case STEP_RUN:
	case STEP_WAIT:
		return make_calls(worker, step, life);
	case STEP_COMMAND:
		return programs_command(&worker->programs, step, &life->status);
	case STEP_SERVE:
		return programs_serve(&worker->programs, step, &life->status);
	case STEP_EXITED:
		return programs_exited(&worker->programs, step, &life->status);
	case STEP_MESSAGE:
		return ask_server(worker, step, life->tail);
	case STEP_REMOVE:
		return remove_tree(worker, step, life);
	default:
		return -ENOSYS;
	}
}

/* Errors are ignored: the leak check finds the rest. */
static void undo(struct worker *worker, const struct image *image)
{
	const struct step *steps = script_at(worker->script, worker->script->steps);
	const char *at = script_at(worker->script, image->at);
	const char *folder = script_at(worker->script, image->folder);
	struct timed_window window;
	struct life ignored = {.call = -1};

	programs_kill(&worker->programs);
	for (int i = 0; i < MOUNTS_MAX && umount2(at, MNT_DETACH) == 0; i++)
		;
	for (int i = 0; i < image->count; i++)
		if (steps[image->first + i].phase == PHASE_DESTROY)
			make_step(worker, &steps[image->first + i], &ignored);
	programs_tail(&worker->programs, ignored.tail);
	timed_remove(folder, &window);
	mkdir(folder, FOLDER_MODE);
}

static void count_mount(struct results *results, int by)
{
	int64_t now = __atomic_add_fetch(&results->live, by, __ATOMIC_RELAXED);
	int64_t most = __atomic_load_n(&results->live_most, __ATOMIC_RELAXED);

	while (now > most && !__atomic_compare_exchange_n(&results->live_most, &most, now, 0, __ATOMIC_RELAXED,
							  __ATOMIC_RELAXED))
		;
}

static void end_phase(struct worker *worker, struct life *life, int phase)
{
	life->ends[phase] = since_start(worker);
	if (phase == PHASE_MOUNT)
		count_mount(worker->results, 1);
	if (phase == PHASE_UNMOUNT)
		count_mount(worker->results, -1);
}

static void fail(struct worker *worker, const struct image *image, struct life *life, int err)
{
	const struct step *steps = script_at(worker->script, worker->script->steps);
	int phase = steps[life->step].phase;

	life->error = -err;
	if (life->tail[0] == '\0')
		programs_tail(&worker->programs, life->tail);
	undo(worker, image);
	if (phase > PHASE_MOUNT && phase <= PHASE_UNMOUNT)
		count_mount(worker->results, -1);
	life->outcome = OUTCOME_FAILED;
}

void live(struct worker *worker, const struct image *image, struct life *life)
{
	const struct step *steps = script_at(worker->script, worker->script->steps);
	int phase = PHASE_CREATE;

	life->worker = worker->number;
	for (int i = 0; i < image->count; i++) {
		int err;

		for (life->step = image->first + i; phase < steps[life->step].phase; phase++)
			end_phase(worker, life, phase);
		/* A failure has no status of an earlier step. */
		life->call = life->status = -1;
		err = make_step(worker, &steps[life->step], life);
		if (err < 0) {
			fail(worker, image, life, err);
			return;
		}
	}
	for (; phase < PHASE_COUNT; phase++)
		end_phase(worker, life, phase);
	life->outcome = OUTCOME_OK;
}
