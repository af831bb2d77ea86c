// `cfsbench image sign` and `image verify`: keys, signatures and images that are wrong in every way end in one sentence.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LIMITS } from '../../../harness/model/input-limits.ts';
import { verityDigest } from '../../../harness/store/verity.ts';

const program = fileURLToPath(new URL('../../../harness/cli/main.js', import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const pem = (key: KeyObject, type: 'pkcs8' | 'spki', passphrase?: string): string =>
  key.export(
    type === 'spki'
      ? { type, format: 'pem' }
      : { type, format: 'pem', ...(passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }) },
  ) as string;

describe('cfsbench image sign and verify', () => {
  const dir = mkdtempSync(join(tmpdir(), 'cfsbench-sign-'));
  after(() => rmSync(dir, { recursive: true }));
  const at = (name: string): string => join(dir, name);
  const keys = generateKeyPairSync('ed25519');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const image = at('debian.cfs');
  const files: Readonly<Record<string, string>> = {
    'private.pem': pem(keys.privateKey, 'pkcs8'),
    'public.pem': pem(keys.publicKey, 'spki'),
    'other.pem': pem(generateKeyPairSync('ed25519').publicKey, 'spki'),
    'rsa.pem': pem(rsa.publicKey, 'spki'),
    'locked.pem': pem(keys.privateKey, 'pkcs8', 'secret'),
    'two.pem': pem(keys.publicKey, 'spki').repeat(2),
    'text.pem': 'no key\n',
    'damaged.pem': pem(keys.publicKey, 'spki').replace(/\n\w{8}/, '\nAAAAAAAA'),
    'certificate.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    'parameters.pem': '-----BEGIN EC PARAMETERS-----\nAAAA\n-----END EC PARAMETERS-----\n',
    'in.dump': '/ 4096 40755 2 0 0 0 0.0 - - -\n/b 4 120777 1 0 0 0 0.0 abcd - -\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);

  const run = (...argv: string[]): Ended =>
    spawnSync(process.execPath, [program, 'image', ...argv], { encoding: 'utf8' });
  const ok = (...argv: string[]): string => {
    const { status, stdout, stderr } = run(...argv);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  /** Exit code and sentence. */
  const refused = (...argv: string[]): string => {
    const { status, stderr, stdout } = run(...argv);
    assert.equal(stdout, '');
    assert.match(stderr, /^cfsbench: /);
    return `${status} ${stderr.slice('cfsbench: '.length)}`.replaceAll(`${dir}/`, '');
  };
  const verify = (...more: string[]): string => refused('verify', image, '--key', at('public.pem'), ...more);

  ok('build', `dump:${at('in.dump')}`, image);

  it('signs an image and verifies it', () => {
    const signed = ok('sign', image, '--key', at('private.pem'), '--sequence', '7');
    assert.match(signed, /debian\.cfs\.sig\n {2}name debian\n {2}sequence 7\n/);
    assert.ok(signed.includes(verityDigest(readFileSync(image))));
    const shown = ok('verify', image, '--key', at('public.pem'), '--name', 'debian', '--least', '7');
    assert.equal(shown, signed.replace('debian.cfs.sig', 'debian.cfs'));
  });

  it('the default sequence grows with time', () => {
    const before = Math.floor(Date.now() / 1000);
    const shown = ok('sign', image, '--key', at('private.pem'), '-o', at('now.sig'));
    const sequence = Number(/sequence (\d+)/.exec(shown)![1]);
    assert.ok(sequence >= before && sequence <= Date.now() / 1000, shown);
    ok('verify', image, at('now.sig'), '--key', at('public.pem'));
  });

  it('names what is wrong with a key', () => {
    const key = (name: string): string => refused('verify', image, '--key', at(name)).split('\n')[0]!;
    const cannot = (name: string): string => `1 cannot use ${name} as a public key: `;
    assert.equal(key('private.pem'), `${cannot('private.pem')}it is a private key`);
    assert.equal(key('rsa.pem'), `${cannot('rsa.pem')}it is of type rsa, not ed25519`);
    assert.equal(key('text.pem'), `${cannot('text.pem')}it is not in PEM format`);
    assert.equal(key('two.pem'), `${cannot('two.pem')}it has 2 PEM blocks, not one`);
    assert.equal(key('damaged.pem'), `${cannot('damaged.pem')}it is damaged`);
    assert.equal(key('certificate.pem'), `${cannot('certificate.pem')}it is a certificate`);
    assert.equal(key('parameters.pem'), `${cannot('parameters.pem')}it contains 'EC PARAMETERS'`);
    assert.equal(key('none.pem'), '1 cannot read none.pem: no such file or folder');
    assert.match(key('other.pem'), /^5 the image is signed with another key$/);
    const sign = (name: string): string => refused('sign', image, '--key', at(name)).split('\n')[0]!;
    assert.equal(sign('public.pem'), '1 cannot use public.pem as a private key: it is a public key');
    assert.equal(
      sign('locked.pem'),
      '1 cannot use locked.pem as a private key: it is encrypted with a passphrase',
    );
  });

  it('names what is wrong with a signature', () => {
    ok('sign', image, '--key', at('private.pem'), '--sequence', '7');
    assert.match(verify('--name', 'alpine'), /^5 the signature belongs to an image of another name\n/);
    assert.match(verify('--least', '8'), /^5 the signed image is older than a version that is known\n/);
    assert.match(verify(at('none.sig')), /^1 cannot read none\.sig: no such file or folder\n/);
    assert.match(verify(at('public.pem')), /^5 not a signature file of cfsbench: line 1 is wrong/);
    mkdirSync(at('folder'));
    assert.match(verify(at('folder')), /^1 cannot read folder: it is a folder, not a regular file\n/);
    writeFileSync(
      at('changed.sig'),
      readFileSync(`${image}.sig`, 'utf8').replace('sequence 7', 'sequence 9'),
    );
    assert.match(verify(at('changed.sig')), /^5 the signature is wrong: .*\n {2}file: changed\.sig\n/);
  });

  it('a signature or an image that has grown is refused as a changed one is', () => {
    ok('sign', image, '--key', at('private.pem'), '-o', at('short.sig'));
    writeFileSync(at('long.sig'), `${readFileSync(at('short.sig'), 'utf8')}${'x'.repeat(2000)}`);
    assert.match(
      verify(at('long.sig')),
      /^5 not a signature file of cfsbench: it is too large\n {2}file: long\.sig\n/,
    );
    const grown = (bytes: number): string => {
      writeFileSync(at('grown.cfs'), readFileSync(image));
      truncateSync(at('grown.cfs'), bytes);
      return refused('verify', at('grown.cfs'), at('short.sig'), '--key', at('public.pem'));
    };
    const { size } = statSync(image);
    for (const bytes of [size + 1, LIMITS.imageBytes + 1])
      assert.match(
        grown(bytes),
        /^5 the image is not the one that was signed\n {2}file: grown\.cfs\n {2}size: /,
      );
    assert.match(grown(size - 1), /^5 the image is not the one that was signed\n/);
  });

  it('names an image that differs from the signed one, and refuses to sign other files', () => {
    ok('sign', image, '--key', at('private.pem'), '-o', at('good.sig'));
    const changed = readFileSync(image);
    changed[changed.length - 1] = changed[changed.length - 1]! ^ 1;
    writeFileSync(at('changed.cfs'), changed);
    const sentence = refused('verify', at('changed.cfs'), at('good.sig'), '--key', at('public.pem'));
    assert.match(sentence, /^5 the image is not the one that was signed\n {2}file: changed\.cfs\n/);
    assert.match(
      refused('sign', at('in.dump'), '--key', at('private.pem')),
      /^1 .*not a valid composefs image/,
    );
    assert.match(
      refused('sign', image, '--key', at('private.pem'), '--name', 'a/b'),
      /^1 an image cannot be signed/,
    );
  });
});
