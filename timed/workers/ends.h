/* How processes ended. */
#ifndef WORKERS_ENDS_H
#define WORKERS_ENDS_H

#include <sys/types.h>

#include "script.h"

/* Says on standard error how it ended; `status` as waitpid(2) reports it. */
void ends_say(const char *who, int status);

/* Ends the shared server. Whether it ended as it should, in time; else says what happened. `start`: the step that started it. */
int ends_server(pid_t pid, const struct step *start);

#endif
