export const EXIT_CODES = `
Exit codes:
  0    measured
  1    wrong usage, something cannot be read or written, or an internal error
  4    this machine cannot do it, or with --strict is too noisy
  5    a slot failed, left something behind, or a rule of a claim failed
  6    nothing was measured
  7    the measuring process was killed; the samples so far are kept
  124  out of time; the samples so far are kept
  130  interrupted; the samples so far are kept`;
