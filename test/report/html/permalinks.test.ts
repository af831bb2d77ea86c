// Links to parts of the page, the table of claims, and heads of tables that stay in view.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { htmlOf } from '../../../report/render.ts';
import type { ClaimView } from '../../../report/view.ts';
import { exampleRun } from '../support/example.ts';
import { viewOf } from '../support/view.ts';
import { type Reader, skip, startReader, unfoldAll, until, violationsIn } from './reader.ts';

let reader: Reader | undefined;
before(async () => {
  if (skip === false) reader = await startReader();
});
after(() => reader?.close());

const HOSTILE = '<img src=x onerror=window.owned=1>';
const claim = (id: string, verdict: ClaimView['verdict'], more: Partial<ClaimView> = {}): ClaimView => ({
  id,
  text: `text of ${id}`,
  by: [
    {
      who: 'Somebody',
      when: '2023-01-20',
      where: { kind: 'message', id: 'made@example.org' },
      said: 'what was said',
    },
  ],
  rule: `rule of ${id}`,
  objection: `objection to ${id}`,
  answer: `answer of ${id}`,
  verdict,
  because: `because of ${id}`,
  wouldDecide: null,
  figures: [],
  ...more,
});

const CLAIMS: readonly ClaimView[] = [
  claim('C1', 'supported', {
    figures: [
      { what: 'calls of create', metric: 'createPerFileCount', value: 3.26, interval: null },
      { what: `beside ${HOSTILE}`, metric: 'walkRatio', value: 1.5, interval: null, published: '1.4' },
    ],
  }),
  claim('C2', 'undecided', { wouldDecide: 'more blocks', text: HOSTILE }),
  claim('C3', 'not testable'),
  claim('C4', 'not asked'),
  claim('C5', 'not asked'),
];

const pageOf = (images = ['debian-12-base']): string => {
  const { run, samples } = exampleRun({ images });
  return htmlOf({ ...viewOf(run, samples), claims: CLAIMS });
};

const shown = (page: Page, selector: string): Promise<readonly string[]> =>
  page.evaluate(
    `[...document.querySelectorAll('${selector}')].filter((part) => part.checkVisibility()).map((part) => part.innerText.replace(/\\s+/g, ' ').trim())`,
  );

test('claims are a table of verdict, claim and number; each unfolds to its details', {
  skip,
}, async () => {
  for (const colorScheme of ['light', 'dark'] as const)
    await reader!.open(
      pageOf(),
      async (page) => {
        assert.deepEqual(await shown(page, '.claim > summary'), [
          'C1 supported text of C1 3.26 per file calls of create',
          `C2 undecided ${HOSTILE} because of C2`,
          'C3 not testable text of C3 because of C3',
        ]);
        assert.equal((await shown(page, '.claim .behind')).length, 0);
        await page.click('#claim-c1 > summary .says');
        const [behind] = await shown(page, '.claim .behind');
        for (const text of ['because of C1', 'rule of C1', 'objection to C1', 'answer of C1', HOSTILE, '1.4'])
          assert.ok(behind!.includes(text), text);
        assert.equal(
          await page.getAttribute('#claim-c1 .behind dd a', 'href'),
          'https://lore.kernel.org/r/made@example.org',
        );
        assert.equal(await page.evaluate('window.owned'), undefined);
        const unasked = await shown(page, '.unasked');
        assert.deepEqual(unasked, [
          '2 more claims are not part of this run; cfsbench run --profile full asks all of them.',
        ]);
        await page.click('.unasked summary');
        assert.match((await shown(page, '.unasked'))[0]!, /text of C4 .*because of C5/);
        assert.deepEqual(await violationsIn(page, colorScheme === 'light' ? 'all' : 'of colors'), []);
      },
      { colorScheme },
    );
});

test('every id is given once, with several images, and again in another report of the run', {
  skip,
}, async () => {
  const html = pageOf(['debian-12-base', 'debian-12-python']);
  assert.equal(html, pageOf(['debian-12-base', 'debian-12-python']));
  const ids = [...html.replace(/<script[\s\S]*$/, '').matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
  assert.deepEqual(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    [],
  );
  for (const id of [
    'glance-debian-12-base-files-up-composefs-fuse',
    'row-debian-12-python-churn-store-full-mountwallns',
    'claim-c1',
    'chart-debian-12-base-walk-cold-times',
  ])
    assert.ok(ids.includes(id), id);
  assert.match(html, /<figure id="/);
});

test('a row, a chart and a claim show their link on hover or focus', { skip }, () =>
  reader!.open(pageOf(), async (page) => {
    const opacity = (selector: string): Promise<string> =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}')).opacity`);
    const row = '#row-debian-12-base-churn-store-full-mountwallns';
    assert.equal(await page.locator(`${row} .pin`).count(), 0);
    await page.hover(`${row} td`);
    assert.equal(await opacity(`${row} .pin`), '1');
    await page.hover('h1');
    assert.equal(await opacity(`${row} .pin`), '0');
    await page.focus(`${row} .pin`);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    assert.equal(await opacity(`${row} .pin`), '1');
    await page.selectOption('#filters select[name=scenario]', 'churn');
    await page.keyboard.press('Escape');
    await page.click(`${row} .pin`);
    assert.equal(new URL(page.url()).hash, `${row}?scenario=churn`);
    assert.equal(await page.evaluate('document.querySelector(".aimed").id'), row.slice(1));
    await page.hover('#claim-c2 summary');
    assert.equal(await opacity('[href="#claim-c2"]'), '1');
    assert.equal(await opacity('[href="#claim-c1"]'), '0');
    await page.hover('#glance-debian-12-base figcaption');
    assert.equal(await opacity('#glance-debian-12-base .pin'), '1');
  }),
);

test(
  'a focused table has one more stop of the Tab key, and the arrow keys lead from row to row',
  { skip },
  () =>
    reader!.open(pageOf(), async (page) => {
      const stops = (): Promise<number> =>
        page.evaluate(
          `[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex]')].filter((part) => part.tabIndex >= 0 && part.checkVisibility()).length`,
        );
      const row = '#row-debian-12-base-churn-store-full-mountwallns';
      const before = await stops();
      await page.evaluate(`(() => {
      const frame = document.querySelector('${row}').closest('.scroll');
      frame.tabIndex = -1;
      frame.focus();
    })()`);
      assert.ok((await page.locator(`table:has(${row}) tbody .pin`).count()) > 5);
      assert.ok((await stops()) - before <= 1);
      await page.focus(`${row} .pin`);
      assert.ok((await stops()) - before <= 1);
      const rowOf = (): Promise<string> => page.evaluate('document.activeElement.closest("tr").id');
      await page.keyboard.press('ArrowDown');
      const next = await rowOf();
      assert.notEqual(`#${next}`, row);
      assert.ok((await stops()) - before <= 1);
      await page.keyboard.press('ArrowUp');
      assert.equal(`#${await rowOf()}`, row);
    }),
);

test(
  'an address opens its part inside folded sections, also a row without markup of its own',
  {
    skip,
  },
  () =>
    reader!.open(pageOf(), async (page) => {
      const follow = async (id: string): Promise<number> => {
        await page.evaluate(`location.hash = '#${id}?without=null'`);
        await until(page, `document.querySelector('.aimed')?.id === '${id}'`);
        assert.equal(await page.evaluate(`document.getElementById('${id}').checkVisibility()`), true);
        return Number(await page.evaluate(`document.getElementById('${id}').getBoundingClientRect().top`));
      };
      await follow('claim-c1');
      assert.equal(await page.evaluate('document.getElementById("claim-c1").open'), true);
      await follow('claim-c5');
      await follow('row-debian-12-base-walk-cold-walkwallns');
      const top = await follow('in-distribution-of-walk-cold-walk-debian-12-base-median');
      assert.ok(top > 0 && top < 900, String(top));
      assert.equal(await page.isChecked('#filters input[value=null]'), false);
    }),
);

test('the head of a table stays below the filters while its rows scroll', { skip }, () =>
  reader!.open(pageOf(), async (page) => {
    const heads = await page.evaluate(`(async () => {
      const row = document.getElementById('row-debian-12-base-churn-store-full-imagespersecond');
      row.scrollIntoView({ block: 'center' });
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const head = row.closest('table').tHead.rows[0].cells[1].getBoundingClientRect();
      const bar = document.getElementById('filters').getBoundingClientRect();
      return [head.top, bar.bottom, row.closest('table').getBoundingClientRect().top];
    })()`);
    const [head, bar, table] = heads as number[];
    assert.ok(table! < 0, 'the table begins above the window');
    assert.ok(Math.abs(head! - bar!) <= 1, `${head} below ${bar}`);
  }),
);

test('a table that is wider than the page keeps its head at the top of its frame', { skip }, () =>
  reader!.open(
    pageOf(),
    async (page) => {
      await unfoldAll(page);
      const [head, frame] = (await page.evaluate(`(async () => {
        const frame = [...document.querySelectorAll('.scroll')].find((one) => one.checkVisibility() && !one.classList.contains('fits') && one.scrollHeight > one.clientHeight + 200);
        if (frame === undefined) throw new Error('no table is wider and higher than its frame');
        frame.scrollTop = 150;
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        return [frame.querySelector('thead th').getBoundingClientRect().top, frame.getBoundingClientRect().top];
      })()`)) as [number, number];
      assert.ok(Math.abs(head - frame) <= 1, `${head} in ${frame}`);
    },
    { width: 500 },
  ),
);
