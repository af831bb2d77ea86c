/*
 * Does:   a SIGBUS of guarded work ends that work; any other SIGBUS ends the process, as without this handler.
 * Cost:   one sigsetjmp(3) that saves no signal mask.
 * Source: mmap(2), SIGBUS; sigaction(2), BUS_ADRERR.
 */
#include "guard.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

static _Thread_local sigjmp_buf *place;

static void leave(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (place != NULL && info->si_code == BUS_ADRERR)
		siglongjmp(*place, 1);
	signal(number, SIG_DFL);
	raise(number);
}

void guard_install(void)
{
	/* The jump does not restore the signal mask, so the signal must not be blocked in the handler. */
	struct sigaction action = { .sa_sigaction = leave, .sa_flags = SA_SIGINFO | SA_NODEFER };

	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}

int guarded(int (*work)(void *context), void *context)
{
	sigjmp_buf own;
	sigjmp_buf *volatile outer = place;
	int result;

	if (sigsetjmp(own, 0) != 0) {
		place = outer;
		return -EIO;
	}
	place = &own;
	result = work(context);
	place = outer;
	return result;
}
