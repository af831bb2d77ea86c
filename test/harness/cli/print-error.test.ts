import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeError } from '../../../harness/cli/print-error.ts';
import { SysError, UserError } from '../../../harness/model/errors.ts';
import { ResultsError } from '../../../results/errors.ts';

test('a user error prints its message, its facts and what to try', () => {
  const error = new UserError('no such image', {
    facts: ['file: x', 'folder: y'],
    hint: 'cfsbench list',
    exit: 4,
  });
  assert.deepEqual(describeError(error), {
    text: 'cfsbench: no such image\n  file: x\n  folder: y\n  try: cfsbench list\n',
    exit: 4,
  });
});

test('a user error without facts and hint prints its message alone', () => {
  assert.deepEqual(describeError(new UserError('no')), { text: 'cfsbench: no\n', exit: 1 });
  assert.equal(describeError(new UserError('no', { hint: '' })).text, 'cfsbench: no\n');
});

test('a failed system call prints the call and the errno, without a stack', () => {
  const { text, exit } = describeError(new SysError('fsopen', 19, 'ENODEV', { hint: 'modprobe erofs' }));
  assert.equal(text, 'cfsbench: fsopen: ENODEV\n  try: modprobe erofs\n');
  assert.equal(exit, 5);
});

test('an error about results prints like a user error', () => {
  const { text } = describeError(new ResultsError('no run here', { facts: ['folder: x'] }));
  assert.match(text, /^cfsbench: no run here\n {2}folder: x\n/);
});

test('a system error prints one sentence and is not called a bug', () => {
  const thrown = (work: () => void): unknown => {
    try {
      work();
    } catch (error) {
      return error;
    }
    return assert.fail('did not throw');
  };
  const noFile = thrown(() => readFileSync('/none/\u001b[31m'));
  assert.deepEqual(describeError(noFile), {
    text: 'cfsbench: cannot open /none/\\u{1b}[31m: no such file or folder\n',
    exit: 1,
  });
  assert.equal(
    describeError(thrown(() => readdirSync('/dev/null'))).text,
    'cfsbench: cannot list /dev/null: it is not a folder\n',
  );
  const noProgram = thrown(() => execFileSync('/none/program'));
  assert.equal(
    describeError(noProgram).text,
    'cfsbench: cannot start /none/program: no such file or folder\n',
  );
  const exhausted = Object.assign(new Error('EMFILE'), { code: 'EMFILE', syscall: 'open', errno: -24 });
  assert.deepEqual(describeError(exhausted), {
    text: 'cfsbench: cannot open: too many open files\n',
    exit: 4,
  });
});

test('a module that cannot be found without a free descriptor is no bug', () => {
  const script = [
    "import { openSync } from 'node:fs';",
    `import { describeError } from ${JSON.stringify(new URL('../../../harness/cli/print-error.js', import.meta.url).href)};`,
    "const error = Object.assign(new Error('none'), { code: 'ERR_MODULE_NOT_FOUND' });",
    'process.stdout.write(describeError(error).text);',
    "try { for (;;) openSync('/dev/null', 'r'); } catch {}",
    'process.stdout.write(describeError(error).text);',
  ].join('\n');
  const limited = [
    '-c',
    'ulimit -n 128; exec "$@"',
    'sh',
    process.execPath,
    '--input-type=module',
    '-e',
    script,
  ];
  const text = execFileSync('sh', limited, { encoding: 'utf8' });
  assert.match(text, /^cfsbench: this is a bug in cfsbench/);
  assert.match(text, /^cfsbench: cannot open .*: too many open files$/m);
});

test('every other error is a bug and prints its stack', () => {
  const { text, exit } = describeError(new TypeError('x is not a function'));
  assert.match(text, /this is a bug in cfsbench/);
  assert.match(text, /TypeError: x is not a function\n {4}at /);
  assert.equal(exit, 1);
  assert.match(describeError('thrown text').text, /thrown text/);
  assert.match(describeError(new TypeError('no \x1b[2Jsuch')).text, /TypeError: no \\u\{1b\}\[2Jsuch\n/);
});

test('control characters of names in errors are escaped, and the middle of a long name is cut', () => {
  const evil = 'a\x1b[31m\ncfsbench: all is well\u202e';
  const { text } = describeError(
    new UserError(`no ${evil}`, { facts: [evil, 'x'.repeat(5000)], hint: evil }),
  );
  assert.deepEqual(text.split('\n').length, 5);
  assert.equal(text.replace(/[^\n\x20-\x7e]/g, ''), text);
  assert.match(text, /no a\\u\{1b\}\[31m\\u\{a\}cfsbench: all is well\\u\{202e\}\n/);
  assert.match(text, / {2}x{400} \[4400 characters\] x{200}\n/);
});
