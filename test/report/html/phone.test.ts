// The page on a phone, and by keyboard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleRun } from '../support/example.ts';
import { runReader, skip, unfoldAll, until } from './reader.ts';

const { opened } = runReader();
const PHONE = { width: 390 };
/** Screens of 900 px. */
const MOST_PX = 12_000;

test('a phone shows the headings of folded sections, in few screens and within its width', { skip }, () =>
  opened(
    exampleRun(),
    async (page) => {
      const size = '[document.documentElement.scrollWidth, document.documentElement.scrollHeight]';
      const [width, height] = (await page.evaluate(size)) as [number, number];
      assert.equal(width, PHONE.width);
      assert.ok(height < MOST_PX, `${height} px`);
      const headings = `[...document.querySelectorAll('h2')].filter((heading) => !heading.checkVisibility()).map(({ id }) => id)`;
      assert.deepEqual(await page.evaluate(headings), []);
      assert.equal(
        await page.evaluate(`document.querySelector('#environment ~ *, .scenario h3')?.checkVisibility()`),
        false,
      );
      await unfoldAll(page);
      assert.equal(((await page.evaluate(size)) as [number, number])[0], PHONE.width);
      // Words for screen readers in a wide table, as those of check marks, do not widen the page.
      const words = `for (const row of document.querySelectorAll('.scroll tbody td:last-child')) row.insertAdjacentHTML('beforeend', '<span class="sr">yes</span>')`;
      await page.evaluate(words);
      assert.equal(((await page.evaluate(size)) as [number, number])[0], PHONE.width);
      // Wide tables scroll in boxes of their own.
      const boxes = `[...document.querySelectorAll('.scroll')].filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1)`;
      assert.ok(Number(await page.evaluate(`${boxes}.length`)) > 0);
      assert.equal(
        await page.evaluate(
          `${boxes}.every((box) => box.tabIndex === 0 && getComputedStyle(box).overflowX === 'auto')`,
        ),
        true,
      );
    },
    PHONE,
  ),
);

test('a link opens the section and the scenario that it leads to', { skip }, () =>
  opened(
    exampleRun(),
    async (page) => {
      await page.click('nav a[href="#environment"]');
      assert.equal(
        await page.evaluate(`document.querySelector('#environment').closest('details').open`),
        true,
      );
      await page.evaluate(`location.hash = '#scenario-walk-cold'`);
      await until(page, `document.querySelector('#scenario-walk-cold').closest('details').open`);
      assert.equal(
        await page.evaluate(`document.querySelector('#scenario-walk-cold').checkVisibility()`),
        true,
      );
      assert.equal(
        await page.evaluate(`document.querySelector('#scenario-walk-warm').closest('details').open`),
        false,
      );
    },
    PHONE,
  ),
);

test('a wide screen folds no section to its heading', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
    assert.equal(await page.evaluate(`document.querySelectorAll('details.part').length`), 0);
  }),
);

/** The name that a screen reader says. */
const NAME = `(() => { const at = document.activeElement; return (at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent).trim(); })()`;
/** Of a group of radio buttons the chosen one; the arrow keys reach the others. */
const FOCUSABLE = `[...document.querySelectorAll('a[href], button, select, input, summary, [tabindex="0"]')].filter((part) => part.checkVisibility() && !part.disabled && (part.type !== 'radio' || part.checked))`;

test('Tab reaches every control once, each has a name, and the first leads past the header', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
    // Some links appear where the focus is: more stops than there were controls.
    const count = Number(await page.evaluate(`(window.wanted = new Set(${FOCUSABLE})).size`));
    const names: string[] = [];
    for (let i = 0; i < 3 * count; i++) {
      await page.keyboard.press('Tab');
      names.push(String(await page.evaluate(NAME)));
      if (Number(await page.evaluate('wanted.delete(document.activeElement), wanted.size')) === 0) break;
    }
    assert.equal(await page.evaluate('wanted.size'), 0);
    assert.deepEqual(
      names.filter((name) => name === ''),
      [],
    );
    assert.match(names[0]!, /^Skip to: /);
    await page.focus('a.skip');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.tagName'), 'H2');
  }),
);

test('axes of bytes have binary steps', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
    const ticks = (min: number, max: number): Promise<unknown> =>
      page.evaluate(`binaryTicks({ min: ${min}, max: ${max} }, 6).map(({ value }) => unitText('B', value))`);
    assert.deepEqual(await ticks(0, 1e6), ['0', '256 KiB', '512 KiB', '768 KiB']);
    assert.deepEqual(await ticks(0, 3000), ['0', '512 B', '1 KiB', '1.5 KiB', '2 KiB', '2.5 KiB']);
    assert.deepEqual(await ticks(-5000, 5000), ['-4 KiB', '-2 KiB', '0', '2 KiB', '4 KiB']);
    assert.deepEqual(await ticks(0, 0.5), ['0', '0.125 B', '0.25 B', '0.375 B', '0.5 B']);
  }),
);

test('a long label of a chart has two lines, and the beginning of neither is cut', { skip }, () =>
  opened(
    exampleRun({ images: ['debian-12-base'] }),
    async (page) => {
      assert.deepEqual(
        await page.evaluate(
          `['ingest=trusted local=nothing remove', 'store=full images/s', 'mount'].map(labelLines)`,
        ),
        [['ingest=trusted local=nothing', 'remove'], ['store=full', 'images/s'], 'mount'],
      );
    },
    { width: 390 },
  ),
);
