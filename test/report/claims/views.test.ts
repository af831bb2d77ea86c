// Claims on page, terminal and mail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Source } from '../../../report/claims/source.ts';
import { figureText, openEffect } from '../../../report/claims/words.ts';
import { mailOf } from '../../../report/mail/mail.ts';
import { htmlOf } from '../../../report/render.ts';
import { terminalOf } from '../../../report/terminal.ts';
import { claimOf, decided, ratio, viewOf, walk } from './claim-views.ts';

test('the number that decided stands first', () => {
  const [beside, decider] = [ratio(1), ratio(1.5)];
  const view = viewOf([
    claimOf('C1', () => ({
      verdict: 'supported',
      because: 'the numbers say so',
      decidedBy: decider,
      figures: [beside, decider],
    })),
  ]);
  assert.deepEqual(view.claims[0]!.figures, [decider, beside]);
  assert.match(
    terminalOf(view),
    /^C1 supported: .*\n(?: {3}\S.*\n)? {3}ratio of walk-warm: 1\.50 \(1\.48..1\.53\)$/m,
  );
});

test('a source is a link on the page and text in a mail', () => {
  const by: readonly Source[] = [
    {
      who: 'Giuseppe Scrivano',
      when: '2023-01-20',
      where: { kind: 'message', id: '87ilh0g88n.fsf@redhat.com' },
    },
    {
      who: 'Dave Chinner',
      when: '2023-01-18',
      where: { kind: 'list', list: 'linux-fsdevel' },
      excerpt: true,
      said: 'half a minute',
    },
  ];
  const view = viewOf([claimOf('C1', decided('supported', 2), { by })]);
  const page = htmlOf(view);
  assert.match(
    page,
    /Giuseppe Scrivano, 2023-01-20, <a href="https:\/\/lore\.kernel\.org\/r\/87ilh0g88n\.fsf@redhat\.com">Message-ID 87ilh0g88n\.fsf@redhat\.com<\/a>; Dave Chinner, 2023-01-18, linux-fsdevel \(read as an excerpt\): half a minute/,
  );
  for (const options of [{ long: true }, { claims: ['C1'] }]) {
    const mail = mailOf(view, options).replaceAll(/\s+/g, ' ');
    assert.match(mail, /Message-ID 87ilh0g88n\.fsf@redhat\.com; Dave Chinner/);
    assert.match(mail, /rule: the rule objection: the objection answer: the answer/);
  }
  const short = mailOf(view).replaceAll(/\s+/g, ' ');
  assert.match(
    short,
    /said by Giuseppe Scrivano, 2023-01-20, Message-ID 87ilh0g88n\.fsf@redhat\.com, and 1 more/,
  );
  assert.doesNotMatch(short, /the rule/);
});

test('the terminal wraps each claim and the number or reason that decided, and cuts neither', () => {
  const view = viewOf([
    claimOf('C6', decided('not supported', 1.04)),
    claimOf('C10', () => ({
      verdict: 'undecided',
      because: 'the interval holds one',
      wouldDecide: 'more',
      figures: [],
    })),
    claimOf('C13', () => ({ verdict: 'not testable', because: 'fs-verity: ENOTTY', figures: [] })),
    claimOf('C20', decided('supported', 2), { scenarios: ['none of this run'] }),
  ]);
  for (const columns of [80, 64]) {
    const lines = terminalOf(view, { columns }).split('\n');
    const first = lines.indexOf('Claims on trial: 1 not supported, 1 undecided, 1 not testable');
    assert.ok(first > 0, lines.join('\n'));
    const last = lines.indexOf('', first);
    assert.deepEqual(
      lines.slice(first + 1, last).filter((line) => line.length > columns),
      [],
    );
    const text = lines
      .slice(first + 1, last)
      .join('\n')
      .replaceAll(/\n {4}/g, ' ');
    const claim = 'The claim C\\d+ about overlayfs on EROFS and everything that is stacked on top of it';
    assert.match(
      text,
      new RegExp(
        `^C6 {2}not supported: ${claim} ratio of walk-warm: 1\\.04 \\(1\\.02\\.\\.1\\.07\\)\\nC10 undecided: ${claim} the interval holds one would decide: more\\nC13 not testable: ${claim} fs-verity: ENOTTY\\n3 of 4 claims are part of this run`,
      ),
    );
  }
  assert.doesNotMatch(
    terminalOf(viewOf([claimOf('C20', decided('supported', 2), { scenarios: ['x'] })])),
    /laims/,
  );
});

test('a claim that needs a larger image or another variant is not asked, unless the run had no time for it', () => {
  const asked = (more: Parameters<typeof claimOf>[2], given = walk): string =>
    viewOf([claimOf('C6', decided('supported', 2), more)], given).claims[0]!.verdict;
  assert.equal(asked({ leastEntries: 9_214 }), 'supported');
  assert.equal(asked({ leastEntries: 9_215 }), 'not asked');
  assert.equal(asked({ variants: ['composefs-fuse'] }), 'supported');
  assert.equal(asked({ variants: ['erofs-overlay-loop'] }), 'not asked');
  const dropped = [{ kind: 'text', scenario: 'walk-warm', image: 'large', text: 'no time' }] as const;
  assert.equal(asked({ leastEntries: 20_000 }, { ...walk, dropped }), 'supported');
});

test('the page shows verdict, number, published number, rule, objection and answer; hostile strings are text', () => {
  const hostile = '<img src=x onerror=alert(1)>\u202e';
  const page = htmlOf(
    viewOf([
      claimOf('C6', decided('supported', 1.36), { text: hostile, by: hostile, objection: hostile }),
      claimOf('C7', () => {
        throw new Error(hostile);
      }),
    ]),
  );
  assert.match(page, /data-claim="C6" data-verdict="supported"/);
  assert.match(page, /<td>1\.36 \(1\.34\.\.1\.39\)<\/td><td class="text">1\.36x \(Larsson\)<\/td>/);
  assert.match(page, /<dt>rule<\/dt><dd>the rule<\/dd>/);
  assert.doesNotMatch(page, /<img|\u202e/);
  assert.match(page, /&lt;img src=x/);
});

test('figures are scaled by the unit of their metric', () => {
  const at = (metric: string, value: number) => figureText({ what: '', metric, value, interval: null });
  assert.equal(at('createCallsPerFileCount', 9.0312), '9.03 per file');
  assert.equal(at('createCallCount', 12345), '12,345');
  assert.equal(at('perFileNs', 41_300), '41.3 µs per file');
  assert.equal(at('walkRatio', 2.6), '2.60');
});

test('an open effect is rounded outward, so that it contains the bound that its interval contains', () => {
  const from = (lo: number, hi: number): string => {
    const center = Math.sqrt(lo * hi);
    return openEffect({ kind: 'interval', center, lo, hi, confidence: 0.98, n: 8 });
  };
  assert.equal(from(1.0597, 1.1203), 'the effect may be anything from +5 % to +13 %');
  assert.equal(from(0.9503, 0.9997), 'the effect may be anything from -5 % to +0 %');
  assert.equal(from(0.93, 1.08), 'the effect may be anything from -7 % to +8 %');
});
