// The sentence of a finding that sums up what differs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { around, type MadeGroup } from '../claims/journal.ts';
import { findingOf, walk, whole } from './support.ts';

const summed = (groups: readonly MadeGroup[]): string | undefined =>
  findingOf({ groups }).find((line) => line.startsWith('Of the '));

test('four or more headline times are summed up, and those in which an arm takes less are named', () => {
  const warm = { ...walk(2), scenario: 'walk-warm' };
  assert.match(
    findingOf({ groups: [whole(0.5), walk(2), warm] })[0]!,
    /^The image made, all files local but not set up, is ready/,
  );
  assert.equal(
    summed([whole(0.5), walk(2), warm]),
    "Of the 4 times in the page's first chart, compared with EROFS + overlayfs: composefs over FUSE takes longer in 3 and less in 1 (all files local: unmount + settle + destroy).",
  );
  assert.match(summed([whole(3), walk(2), warm])!, / takes longer in 4\.$/);
  assert.equal(summed([whole(0.5), walk(2)]), undefined);
});

test('times that an arm takes neither longer nor less in are the same, or undecided', () => {
  const open: MadeGroup = {
    scenario: 'walk-warm',
    time: {
      'erofs-overlay': { walkWallNs: 50e6 },
      'composefs-fuse': { walkWallNs: [20e6, 90e6, 20e6, 90e6, 20e6, 90e6, 20e6, 90e6] },
    },
  };
  const warm = { ...walk(2), scenario: 'walk-warm' };
  assert.match(summed([whole(1), walk(2), warm])!, / takes longer in 3; the others are the same\.$/);
  assert.match(summed([whole(3), walk(2), open])!, / takes longer in 3; the others are undecided\.$/);
  assert.match(
    summed([whole(1), walk(2), open])!,
    / takes longer in 2; the others are undecided or the same\.$/,
  );
});

test('variants beyond three arms are counted', () => {
  const arms = ['composefs-fuse', 'unpacked-overlay', 'y-variant', 'z-variant'];
  const withArms = (group: MadeGroup): MadeGroup => {
    const { 'erofs-overlay': base, 'composefs-fuse': other } = group.time!;
    return {
      ...group,
      time: { 'erofs-overlay': base!, ...Object.fromEntries(arms.map((arm) => [arm, other!])) },
    };
  };
  const variant = { title: 'variant', how: '', answers: 'an objection' };
  const groups = [whole(3), walk(2), { ...walk(2), scenario: 'walk-warm' }].map(withArms);
  const finding = findingOf({ groups }, (run) => ({
    ...run,
    catalogue: {
      ...run.catalogue,
      backends: { ...run.catalogue.backends, 'y-variant': variant, 'z-variant': variant },
    },
  }));
  assert.match(finding.find((line) => line.startsWith('Of the '))!, /; 1 more variant in the tables\.$/);
});

test('an arm with fewer times than the others is given with their number', () => {
  const warm = { ...walk(2), scenario: 'walk-warm' };
  const checkout: MadeGroup = {
    ...walk(2),
    time: { ...walk(2).time, 'unpacked-overlay': { walkWallNs: around(150e6) } },
  };
  assert.equal(
    summed([whole(3), checkout, warm]),
    "Of the 4 times in the page's first chart, compared with EROFS + overlayfs: composefs over FUSE takes longer in 4, unpacked layers + overlayfs in 1 of 1.",
  );
});
