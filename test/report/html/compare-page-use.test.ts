// What a reader does with the page of a comparison: charts, files, links; hostile names, color schemes, a telephone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { example, type Given, oneMore, twoArms, withTools } from '../../results/gate/support.ts';
import { base, ofArms, ofRuns, rowsIn, slowed, where } from './compare-page-support.ts';
import { chartsIn, type Reader, saved, skip, startReader, unfoldAll, until, violationsIn } from './reader.ts';

let reader: Reader | undefined;
before(async () => {
  if (skip === false) reader = await startReader();
});
after(() => reader?.close());

test('distributions: a chart for each row that differs, a step for each block', { skip }, async () => {
  await reader!.open(ofArms(twoArms(24, 1.5)).html, async (page) => {
    const charts = await chartsIn(page);
    const rows = await rowsIn(page, 'changed-times');
    assert.equal(charts.length, Math.min(24, rows.length));
    for (const [, datasets] of charts)
      assert.deepEqual(datasets, [
        ['base', 25],
        ['head', 25],
        ['base again', 25],
      ]);
    const medians = await page.evaluate(
      `[...document.querySelectorAll('figure')].map((figure) => [...figure.querySelectorAll('tbody tr:nth-child(4) td')].map((td) => td.textContent))`,
    );
    assert.equal((medians as string[][]).length, charts.length);
    assert.ok((medians as string[][]).every(([one, other]) => one !== other));
    const stepped = await page.evaluate(
      'Chart.getChart("curves-0").config.data.datasets.map(({ stepped }) => stepped)',
    );
    assert.deepEqual(stepped, ['before', 'before', 'before']);
  });
  await reader!.open(ofRuns(base, base).html, async (page) => assert.deepEqual(await chartsIn(page), []));
});

test('a chart is saved as a picture and as numbers, with both runs in it; a link leads to a row', {
  skip,
}, async () => {
  await reader!.open(ofRuns(base, slowed(base, 'composefs-fuse', 2)).html, async (page) => {
    await until(page, 'document.querySelector("figure .tool") !== null');
    const title = String(await page.evaluate('document.querySelector("figcaption > span").firstChild.data'));
    const svg = String((await saved(page, `save the chart ${title} as an SVG file`)).bytes);
    assert.ok(svg.includes(`<title>${title}</title>`), svg.slice(0, 300));
    for (const text of ['base: ', 'head: ', 'cfsbench comparison of ']) assert.ok(svg.includes(text), text);
    const rows = parse(
      (await saved(page, `save the numbers of the chart ${title} as a CSV file`)).bytes,
    ) as string[][];
    assert.equal(rows[0]![0], 'series');
    assert.deepEqual([...new Set(rows.slice(1).map(([side]) => side))], ['base', 'head']);
    await page.hover('[data-table=all-times] tbody tr:last-child');
    const id = String(
      await page.evaluate('document.querySelector("[data-table=all-times] tbody tr:last-child").id'),
    );
    assert.notEqual(id, '');
    await page.evaluate(`location.hash = '#${id}'`);
    await until(page, 'document.querySelector("tr.aimed") !== null');
    assert.equal(await page.evaluate('document.querySelector("tr.aimed").id'), id);
  });
});

test('hostile names are text', { skip }, async () => {
  const name = '</script><script>window.owned=1</script><img src=x onerror=window.owned=1>\u202e\u0007"\'';
  const hostile = (given: Given): Given => ({
    ...given,
    run: {
      ...given.run,
      id: name,
      host: name,
      commandLine: [name],
      cfsbench: { version: name, commit: name },
    },
  });
  const first = hostile(example({ images: [name] }));
  const second = withTools(slowed(first, 'composefs-fuse', 3), { tar: name, [name]: name });
  for (const { html } of [ofRuns(first, second), ofArms(hostile(twoArms(24, 1.5)))])
    await reader!.open(html, async (page) => {
      assert.equal(await page.evaluate('window.owned'), undefined);
      assert.equal(await page.evaluate('document.images.length'), 0);
      const text = String(await page.evaluate('document.body.innerText'));
      assert.ok(text.includes('<img src=x onerror=window.owned=1>\\u{202e}\\u{7}'));
      assert.doesNotMatch(text, /[\u202e\u0007]/);
    });
});

test('axe-core finds nothing, in light and in dark', { skip }, async () => {
  const pages = [
    ofArms(twoArms(24, 1.5)).html,
    ofRuns(base, withTools(oneMore(slowed(base, 'composefs-fuse', 3), where), { rm: 'rm 2' })).html,
  ];
  for (const html of pages)
    for (const colorScheme of ['light', 'dark'] as const)
      await reader!.open(
        html,
        async (page) => {
          await unfoldAll(page);
          assert.deepEqual(await violationsIn(page, colorScheme === 'light' ? 'all' : 'of colors'), []);
        },
        { colorScheme },
      );
});

test('nothing but scrollable tables is wider than a telephone', { skip }, async () => {
  for (const { html } of [
    ofArms(twoArms(24, 1.5)),
    ofRuns(base, withTools(slowed(base, 'composefs-fuse', 3), { rm: 'rm 2' })),
  ])
    await reader!.open(
      html,
      async (page) => assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390),
      { width: 390 },
    );
});

test('the same runs give the same bytes', () => {
  assert.equal(ofArms(twoArms(24, 1.5)).html, ofArms(twoArms(24, 1.5)).html);
  assert.equal(ofRuns(base, base).html, ofRuns(base, base).html);
});
