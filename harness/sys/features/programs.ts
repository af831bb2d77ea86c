// Programs that scenarios and backends run.
import { type Feature, type FeatureGroup, installed, missing, toolLine, toolLines } from './feature.ts';
import { packages } from './hints.ts';

const program = (name: string, source: string): Feature => ({
  test: () => installed(name),
  hint: () => packages(source),
});

export const programs: FeatureGroup<
  | 'tar'
  | 'rm'
  | 'cp'
  | 'sha256sum'
  | 'stat'
  | 'find'
  | 'ls'
  | 'ostree'
  | 'ostree-composefs'
  | 'qemu'
  | 'mmdebstrap'
  | 'mkfs-ext4'
> = {
  tar: {
    test() {
      const version = toolLine('tar', '--version');
      return version.includes('GNU tar') ? version : missing(`not GNU tar: ${version}`);
    },
    hint: () => `${packages('tar')} (GNU tar)`,
  },
  rm: program('rm', 'coreutils'),
  cp: program('cp', 'coreutils'),
  sha256sum: program('sha256sum', 'coreutils'),
  stat: { test: () => toolLine('stat', '--printf=found', '/'), hint: () => packages('coreutils') },
  find: program('find', 'findutils'),
  ls: program('ls', 'coreutils'),
  qemu: {
    test: () => installed('qemu-system-x86_64'),
    hint: () => `${packages('qemu-system-x86')}; only cfsbench vm needs it`,
  },
  mmdebstrap: {
    test: () => installed('mmdebstrap'),
    hint: () => `${packages('mmdebstrap')}; only cfsbench vm needs it`,
  },
  'mkfs-ext4': {
    test: () => installed('mkfs.ext4'),
    hint: () => `${packages('e2fsprogs')}; only cfsbench vm needs it`,
  },
  ostree: {
    test: () => {
      const version = /Version: '?([\w.]+)/.exec(toolLines('ostree', '--version').join('\n'))?.[1];
      return version === undefined ? installed('ostree') : `version ${version}`;
    },
    hint: () => `${packages('ostree')}; only the backend ostree-checkout needs it`,
  },
  'ostree-composefs': {
    // An ostree that was built without composefs knows the option, too.
    test: () =>
      toolLines('ostree', '--version').some((line) => /^\s*- composefs$/.test(line))
        ? 'built with composefs'
        : missing('this ostree was built without composefs'),
    hint: () =>
      "ostree built with composefs, as Debian sid's is (12's and 13's are not); only the backend ostree-composefs needs it",
  },
};
