export const EXIT_CODES = `
Exit codes:
  0    measured
else the first that applies:
  130  interrupted; the samples so far are kept
  7    the measuring process was killed; the samples so far are kept
  1    wrong usage, something cannot be read or written, or an internal error
  5    a slot failed or left something behind, a rule of a claim failed, a
       run of a pool is missing, or the run could not continue, such as on a
       full disk
  124  out of time; the samples so far are kept
  6    nothing was measured
  4    cannot measure now: something is missing or has changed, another run is
       active or uses the folder, the work folder is in memory, or with
       --strict the machine is too noisy`;
