// Charts in a browser: the marks of lines, zeros on logarithmic axes, the numbers that are saved.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import type { Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../support/example.ts';
import { runReader, saved, skip, unfoldAll } from './reader.ts';

const { opened } = runReader();

test('lines of arms differ without their colors: by the mark on them, and by dashes', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
    for (const style of ['line', 'step', 'order', 'points']) {
      const looks = (await page.evaluate(
        `data.arms.map((_, arm) => lineStyle({ style: '${style}', arm, points: [[1, 2], [2, 3], [3, 4]], ranges: [] })).map((one) => [one.pointStyle, one.rotation, one.backgroundColor === css('--paper'), Math.max(...[one.pointRadius].flat()) > 2].join(' '))`,
      )) as string[];
      assert.equal(new Set(looks).size, 4, `${style}: ${looks.join('; ')}`);
      for (const look of looks) assert.match(look, /true$/, `${style}: a mark that is seen`);
    }
    const dashes = await page.evaluate(
      `['line', 'step'].map((style) => new Set(data.arms.map((_, arm) => String(lineStyle({ style, arm, points: [], ranges: [] }).borderDash))).size)`,
    );
    assert.deepEqual(dashes, [4, 4]);
  }),
);

test('a zero on a logarithmic axis is written at its edge, on the page and in pictures', { skip }, () => {
  const { run, samples } = exampleRun({ images: ['debian-12-base'] });
  const given = samples.map((sample): Sample => {
    if (sample.outcome !== 'ok' || sample.arm !== 'composefs-fuse') return sample;
    const { settleWallNs, walkWallNs } = sample.values;
    return {
      ...sample,
      values: {
        ...sample.values,
        ...(settleWallNs === undefined ? {} : { settleWallNs: 0 }),
        ...(walkWallNs === undefined ? {} : { walkWallNs: sample.block % 2 === 0 ? 0 : walkWallNs * 100 }),
      },
    };
  });
  return opened({ run, samples: given }, async (page) => {
    await unfoldAll(page);
    for (const [title, count] of [
      ['churn, store=empty: every phase', 1],
      ['walk-cold: walk, block by block', 4],
      ['walk-cold: walk', 1],
    ] as const) {
      const { bytes } = await saved(page, `save the chart ${title} as an SVG file`);
      const zeros = bytes.toString().match(/<text [^>]*font-weight="700"[^>]*>0<\/text>/g) ?? [];
      assert.equal(zeros.length, count, title);
      assert.doesNotMatch(bytes.toString(), /NaN|Infinity/, title);
    }
    const { bytes } = await saved(
      page,
      'save the numbers of the chart churn, store=empty: every phase as a CSV file',
    );
    assert.ok(
      (parse(bytes) as string[][]).some(
        ([row, arm, value]) => row === 'settle' && arm === 'composefs-fuse' && value === '0',
      ),
    );
  });
});

test('the numbers of a life leave hidden arms out; those of lines name their unit', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
    await page.uncheck('#filters input[value=unpacked-overlay]');
    const rowsOf = async (title: string): Promise<readonly string[][]> =>
      parse((await saved(page, `save the numbers of the chart ${title} as a CSV file`)).bytes) as string[][];
    const [, ...lives] = await rowsOf('The life of an image, phase by phase');
    assert.deepEqual([...new Set(lives.map(([, arm]) => arm))], ['erofs-overlay', 'composefs-fuse']);
    const [head] = await rowsOf('walk-cold: walk, block by block');
    assert.deepEqual(head, ['series', 'block', 'walk, ns', 'low', 'high']);
  }),
);

test(
  'a saved picture of calls names the segments that are seen, also where a name has no room',
  { skip },
  () =>
    opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
      const { bytes } = await saved(page, 'save the chart system calls of churn, store=empty as an SVG file');
      const texts = [...bytes.toString().matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
      assert.equal(texts.filter((text) => text === 'collect harness').length, 1, 'in the legend alone');
      assert.equal(texts.filter((text) => text === 'create tar').length, 2);
      assert.ok(!texts.includes('mount harness'), '17 calls of 33,397');
    }),
);
