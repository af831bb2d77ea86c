// The page where JavaScript is switched off.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleRun } from '../support/example.ts';
import { openedAgain, runReader, skip } from './reader.ts';

const { opened } = runReader();
const NOTE = 'noscript p';

test('without JavaScript no chart is an empty frame, and a note says where its numbers are', { skip }, () =>
  opened(exampleRun({ images: ['debian-12-base'] }), async (page) => {
    assert.equal(await page.locator(NOTE).count(), 0);
    assert.ok((await page.locator('canvas:visible').count()) > 0);
    await openedAgain(
      page,
      page.url(),
      async (other) => {
        assert.ok((await other.locator('canvas').count()) > 0);
        assert.equal(await other.locator('canvas:visible').count(), 0);
        assert.equal(await other.locator(NOTE).isVisible(), true);
        assert.match(await other.locator(NOTE).innerText(), /every number is in the tables/);
        assert.equal(await other.locator('table.first').first().isVisible(), true);
      },
      { javaScriptEnabled: false },
    );
  }),
);
