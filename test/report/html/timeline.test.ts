import assert from 'node:assert/strict';
import { test } from 'node:test';
import { htmlOf } from '../../../report/render.ts';
import type { Sample, Timeline } from '../../../results/schema/run.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';
import { runReader, skip, unfoldAll, violationsIn } from './reader.ts';

const { opened } = runReader();
const HOSTILE = '</td><script>window.owned=1</script>';

const TIMELINE: Timeline = {
  mount: {
    spanNs: 2_000_000,
    callCount: 14,
    steps: [
      ['harness', 'fsopen', 0, 500_000, 1],
      [HOSTILE, 'read', 400_000, 1_600_000, 13],
    ],
  },
  collect: { spanNs: 0, callCount: 0, steps: [] },
};

const withTimeline = (timeline: Timeline) => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  let isFirst = true;
  const all = samples.map((sample): Sample => {
    if (
      sample.outcome !== 'ok' ||
      sample.pass !== 'count' ||
      sample.scenario !== 'churn' ||
      sample.params['store'] !== 'full' ||
      sample.arm !== 'composefs-fuse' ||
      !isFirst
    )
      return sample;
    isFirst = false;
    return { ...sample, timeline };
  });
  return { run, samples: all };
};

test('a timeline is drawn, named in words, and written as a table; a window without calls is left out', () => {
  const { run, samples } = withTimeline(TIMELINE);
  const text = htmlOf(viewOf(run, samples));
  const shown = /<div class="timelines">[\s\S]*?<\/section>/.exec(text)![0];
  assert.match(shown, /One life, call by call: churn, store=full/);
  assert.match(
    shown,
    /<b>composefs-fuse<\/b>: 2\.00 ms, 14 calls\. Longest: 13 calls, mostly read \(.*\) 1\.60 ms; fsopen \(harness\) 500 µs\./,
  );
  assert.match(shown, /d="M0\.0 0h250\.0v10h-250\.0z"/);
  assert.match(shown, /d="M200\.0 0h800\.0v10h-800\.0z"/);
  assert.match(shown, /<td class="text"><code>13 calls, mostly read<\/code><\/td><td>1\.60 ms<\/td>/);
  assert.doesNotMatch(shown, /<summary>collect/);
  assert.doesNotMatch(text, /<script>window/);
});

test('a run without a timeline has no section for one', () => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  assert.doesNotMatch(htmlOf(viewOf(run, samples)), /class="timeline/);
});

test('spans that differ much have an axis each', () => {
  const spanOf = (first: number, second: number): string => {
    const { run, samples } = withTimeline({
      mount: { spanNs: first, callCount: 1, steps: [['harness', 'fsopen', 0, first, 1]] },
    });
    let isFirst = true;
    const all = samples.map((sample): Sample => {
      if (
        !isFirst ||
        sample.outcome !== 'ok' ||
        sample.arm !== 'erofs-overlay' ||
        sample.scenario !== 'churn' ||
        sample.params['store'] !== 'full'
      )
        return sample;
      isFirst = false;
      return {
        ...sample,
        timeline: { mount: { spanNs: second, callCount: 1, steps: [['harness', 'fsopen', 0, second, 1]] } },
      };
    });
    return /<p class="note">(All on one axis[^<]*|Each from 0[^<]*)/.exec(htmlOf(viewOf(run, all)))![1]!;
  };
  assert.equal(spanOf(2e6, 1e6), 'All on one axis from 0 to 2.00 ms.');
  assert.equal(spanOf(2e6, 0.5e5), 'Each from 0 to its own end: too different for one axis.');
});

test('a timeline has no accessibility fault, and no width beyond a phone’s', { skip }, () =>
  opened(
    withTimeline(TIMELINE),
    async (page) => {
      await unfoldAll(page);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
      assert.deepEqual(await violationsIn(page), []);
      assert.equal(await page.evaluate('window.owned'), undefined);
    },
    { width: 390 },
  ),
);
