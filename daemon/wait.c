#include "wait.h"

#include <time.h>

/* A longer time between two requests is the client's pause. */
#define IDLE_NS 20000000u
/* A pause or a lost time slice counts for no more than this, so that one of them does not decide a trial. */
#define MOST_NS 4000000u
/* Polling must save this share, in percent, of the time from request to request. */
#define LEAST_SAVED 5u
#define PAIRS_TO_WIN 5u
/* A trial ends early if one way won every pair and the other took this much longer, in percent, of the sum. */
#define PAIRS_AT_LEAST 2u
#define CLEARLY_LONGER 150u
/* Requests before the first trial: most mounts of one file read never get there. */
#define FIRST_TRIAL 32u
/* Requests between trials: twice as many after each trial with the same result. */
#define TRIAL_GAP 512u
#define TRIAL_GAP_MOST 8192u

enum { SLEEP, POLL };

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void wait_open(struct wait *wait, struct spin spin)
{
	*wait = (struct wait){
		.poll_ns = (uint64_t)spin.us * 1000,
		.adapts = spin.adapts && spin.us != 0,
		.polls = spin.us != 0,
		.epoch = 2 * WAIT_PAIRS,
		.until_trial = FIRST_TRIAL,
		.gap = TRIAL_GAP,
	};
}

void wait_poll(const struct wait *wait, bool (*ready)(void *argument), void *argument)
{
	uint64_t until_ns;

	if (!wait->polls)
		return;
	until_ns = now_ns() + wait->poll_ns;
	while (!ready(argument) && now_ns() < until_ns)
		continue;
}

static bool in_trial(const struct wait *wait)
{
	return wait->epoch < 2 * WAIT_PAIRS;
}

/* Sleep, poll, poll, sleep, sleep, poll, ...: a drift adds to both sides. */
static bool polls_in(uint32_t epoch)
{
	return ((epoch + 1) / 2) % 2 == POLL;
}

static void start_epoch(struct wait *wait)
{
	wait->requests = 0;
	wait->epoch_ns = 0;
	wait->polls = polls_in(wait->epoch);
}

static void start_trial(struct wait *wait)
{
	wait->epoch = 0;
	wait->pairs_won = 0;
	wait->sum_ns[SLEEP] = 0;
	wait->sum_ns[POLL] = 0;
	start_epoch(wait);
}

static bool is_clearly_longer(const struct wait *wait, int slow)
{
	return wait->sum_ns[slow] * 100 > wait->sum_ns[!slow] * CLEARLY_LONGER;
}

/* Whether the pairs so far leave no doubt: the rest of the trial would only spend time the slow way. */
static bool is_clear(const struct wait *wait)
{
	uint32_t pairs = wait->epoch / 2;

	if (wait->epoch % 2 != 0 || pairs < PAIRS_AT_LEAST)
		return false;
	return (wait->pairs_won == pairs && is_clearly_longer(wait, SLEEP)) ||
	       (wait->pairs_won == 0 && is_clearly_longer(wait, POLL));
}

static bool polling_wins(const struct wait *wait)
{
	if (is_clear(wait))
		return wait->pairs_won > 0;
	return wait->pairs_won >= PAIRS_TO_WIN &&
	       wait->sum_ns[POLL] * 100 < wait->sum_ns[SLEEP] * (100 - LEAST_SAVED);
}

static void end_trial(struct wait *wait)
{
	bool wins = polling_wins(wait);

	wait->epoch = 2 * WAIT_PAIRS;
	wait->gap = wins != wait->won ? TRIAL_GAP : wait->gap * 2 < TRIAL_GAP_MOST ? wait->gap * 2 : TRIAL_GAP_MOST;
	wait->won = wins;
	wait->polls = wins;
	wait->until_trial = wait->gap;
}

static void end_epoch(struct wait *wait)
{
	wait->sum_ns[wait->polls] += wait->epoch_ns;
	if (wait->epoch % 2 == 0)
		wait->first_ns = wait->epoch_ns;
	else if (wait->polls ? wait->epoch_ns < wait->first_ns : wait->first_ns < wait->epoch_ns)
		wait->pairs_won++;
	wait->epoch++;
	if (in_trial(wait) && !is_clear(wait))
		start_epoch(wait);
	else
		end_trial(wait);
}

void wait_arrived(struct wait *wait)
{
	uint64_t now, ns;

	if (!wait->adapts)
		return;
	if (!in_trial(wait)) {
		if (--wait->until_trial == 0) {
			start_trial(wait);
			wait->last_ns = now_ns();
		}
		return;
	}
	now = now_ns();
	ns = now - wait->last_ns;
	wait->last_ns = now;
	if (ns > IDLE_NS) {
		start_epoch(wait);
		return;
	}
	wait->epoch_ns += ns < MOST_NS ? ns : MOST_NS;
	if (++wait->requests == WAIT_EPOCH)
		end_epoch(wait);
}
