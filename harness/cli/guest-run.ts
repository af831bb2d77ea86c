// The run of a guest: checked on this machine, because a guest takes minutes to boot and loses its samples if it is killed.

import { optionName } from '../../results/option-name.ts';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { GUEST_OUT, GUEST_WORK } from '../vm/guest-scripts.ts';
import { formatSeconds } from './duration.ts';
import { runCountOf } from './measure-pool.ts';
import type { TypedOptions } from './options.ts';
import { GUEST_SHARE } from './resolve-options.ts';
import { resolvedRun, typedRun } from './typed-run.ts';

export const RUN = 'run';
/** Folders of this machine mean nothing in the guest. */
const HOST_OPTIONS = ['out', 'work', 'resume', 'runs'] as const;
const HOST_IMAGES = /(?:^|[=,])\s*(?:dir|oci|dump|remote):/;
const HOST_SERVER = /[@;,]server=/;

const refuseHostOptions = (typed: TypedOptions): void => {
  const hosted = HOST_OPTIONS.find((key) => typed[key] !== undefined);
  if (hosted === undefined) return;
  throw new UserError(`${optionName(hosted)} cannot be an option of a run in a guest`, {
    facts: ['the guest has file systems of its own, and one run'],
    hint: 'cfsbench vm --kernel K --out DIR -- run …',
  });
};

const refuseUnending = ({ budget }: TypedOptions, limitNs: number): void => {
  if (budget === undefined || budget <= GUEST_SHARE * limitNs) return;
  throw new UserError(`a budget of ${formatSeconds(budget)} is too long for the guest`, {
    facts: [
      `the guest is killed after ${formatSeconds(limitNs)} (--limit), and loses its samples`,
      `boot and report may need ${Math.round((1 - GUEST_SHARE) * 100)} % of that time`,
    ],
    hint: `--limit ${Math.ceil(budget / GUEST_SHARE / 60e9)}m`,
  });
};

/** The arguments of cfsbench in the guest. Throws unless the words are a run that a guest can do within its limit. */
export const guestArguments = (words: readonly string[], limitNs: number): readonly string[] => {
  const [command = RUN] = words;
  if (command !== RUN)
    throw new UserError(`a guest can only execute cfsbench run, not '${visible(command)}'`, {
      hint: 'cfsbench vm --kernel deb:6.12 -- run --count-only',
    });
  if (words.some((word) => HOST_IMAGES.test(word)))
    throw new UserError('a guest cannot read images of this machine', {
      facts: ['it has no network, and its images are fixture:NAME and synthetic:files=N'],
      hint: '--images fixture:debian-12-base',
    });
  if (words.some((word) => HOST_SERVER.test(word)))
    throw new UserError('a guest cannot run a server of this machine', {
      facts: ['server=PATH names a file of this machine; the guest has cfs-fuse of this checkout alone'],
      hint: 'build the server in a checkout of its own, and call cfsbench vm there',
    });
  const options = words.slice(1);
  const typed = typedRun(options);
  refuseHostOptions(typed);
  if (runCountOf(typed) > 1)
    throw new UserError(`profile ${typed.profile} is several runs, and a guest makes one`, {
      hint: '-- run --profile full',
    });
  if (typed.dryRun === true)
    throw new UserError('a guest is not needed to print a plan', {
      hint: visible(shellLine(['cfsbench', 'run', ...options])),
    });
  refuseUnending(typed, limitNs);
  resolvedRun(typed);
  return [RUN, ...options, '--out', `${GUEST_OUT}/${RUN}`, '--work', GUEST_WORK];
};
