import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ReadMember, readTar } from '../../../harness/images/tar-reader.ts';
import { padding, TAR_END, type TarMember } from '../../../harness/store/tar-header.ts';
import { header, metaHeader, patched, pax } from './tar-parts.ts';

const read = (bytes: Buffer): ReadMember[] => [
  ...readTar({
    title: 'test',
    sizeBytes: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  }),
];

const archive = (...parts: Uint8Array[]): Buffer => Buffer.concat([...parts, TAR_END]);

const one = (...parts: Uint8Array[]): ReadMember => {
  const members = read(archive(...parts));
  assert.equal(members.length, 1);
  return members[0]!;
};
const refused = (bytes: Buffer, rule: RegExp): void => {
  assert.throws(
    () => read(bytes),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, 'bad-tar');
      assert.match(error.message, rule);
      return true;
    },
  );
};

describe('a tar archive', () => {
  it('is read back as written, with names and attributes as bytes', () => {
    const member = one(
      header({
        path: `${'p'.repeat(200)}\xff\n`,
        type: '2',
        link: `\xfe${'t'.repeat(300)}`,
        uid: 4_294_967_294,
        mtimeSec: -6n,
        mtimeNsec: 500_000_000,
        xattrs: [['trusted.a=%', '\0=\n\xff']],
      }),
    );
    assert.equal(member.path, `${'p'.repeat(200)}\xff\n`);
    assert.equal(member.link, `\xfe${'t'.repeat(300)}`);
    assert.equal(member.uid, 4_294_967_294);
    assert.equal(member.mtimeNs, -5_500_000_000n);
    assert.deepEqual(member.xattrs, [['trusted.a=%', '\0=\n\xff']]);
  });

  it('may have global records, which local ones override and empty ones delete', () => {
    const members = read(
      archive(pax('g', 'uid=77', 'gid=88'), header(), pax('x', 'uid=99', 'gid='), header(), header()),
    );
    assert.deepEqual(
      members.map(({ uid, gid }) => [uid, gid]),
      [
        [77, 88],
        [99, 2],
        [77, 88],
      ],
    );
  });

  it('may have attributes in the records of libarchive', () => {
    const value = Buffer.from('\0\xffvalue', 'latin1').toString('base64').replace(/=+$/, '');
    const { xattrs } = one(pax('x', `LIBARCHIVE.xattr.user.a%20b=${value}`), header());
    assert.deepEqual(xattrs, [['user.a b', '\0\xffvalue']]);
  });

  it('may have numbers in base 256, negative ones too', () => {
    const big = patched(header(), 124, '\x80\0\0\0\0\0\0\0\0\0\0\x05');
    const member = one(Buffer.concat([big, Buffer.from('hello'), padding(5)]));
    assert.equal(member.sizeBytes, 5);
    assert.equal(
      one(patched(header(), 136, '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe')).mtimeNs,
      -2_000_000_000n,
    );
    assert.equal(one(patched(header(), 108, '\x80\0\0\0\x80\0\0\0')).uid, 0x80000000);
  });

  it('may store a directory as a file with a slash, as before ustar', () => {
    assert.equal(one(patched(header({ path: 'd/' }), 156, '\0')).type, 'directory');
    assert.equal(one(header({ path: 'd/' })).type, 'file', 'of the type that ustar introduced');
  });

  it('prefers long names of GNU to those of pax, in either order', () => {
    const long = (flag: 'L' | 'K', text: string): Buffer => metaHeader(flag, Buffer.from(text));
    const records = pax('x', 'path=by-pax', 'linkpath=to-pax');
    for (const before of [
      [records, long('L', 'by-gnu'), long('K', 'to-gnu')],
      [long('L', 'by-gnu'), long('K', 'to-gnu'), records],
    ]) {
      const { path, link } = one(...before, header({ type: '2', link: 'short' }));
      assert.deepEqual([path, link], ['by-gnu', 'to-gnu']);
    }
  });

  it('may begin a number with a zero byte, and a pax time with a plus sign', () => {
    const member = one(
      pax('x', 'mtime=+5.25'),
      patched(patched(header(), 108, '\x00000017\0'), 116, ' \x0000012 '),
    );
    assert.deepEqual([member.uid, member.gid, member.mtimeNs], [0o17, 0o12, 5_250_000_000n]);
  });

  it('loses attributes of unknown namespaces, user.* of symlinks, devices and FIFOs, and ACLs that Linux refuses', () => {
    const records = pax(
      'x',
      ...[
        'user.a',
        'trusted.b',
        'security.c',
        'system.posix_acl_access',
        'system.posix_acl_default',
        'system.posix_acl_',
        'system.nfs4_acl',
        'foo',
        'user.',
      ].map((key) => `SCHILY.xattr.${key}=v`),
      'LIBARCHIVE.xattr.com.apple.quarantine=dg',
    );
    const keys = (type: TarMember['type']): readonly string[] =>
      one(records, header({ type, link: 'to' })).xattrs.map(([key]) => key);
    const everywhere = ['trusted.b', 'security.c'];
    const access = 'system.posix_acl_access';
    assert.deepEqual(keys('0'), ['user.a', ...everywhere, access]);
    assert.deepEqual(keys('5'), ['user.a', ...everywhere, access, 'system.posix_acl_default']);
    for (const type of ['3', '6'] as const) assert.deepEqual(keys(type), [...everywhere, access]);
    assert.deepEqual(keys('2'), everywhere);
  });

  it('may lack the closing blocks', () => {
    assert.equal(read(header()).length, 1);
  });

  it('gives the offset of contents', () => {
    const bytes = archive(header({ sizeBytes: 3 }), Buffer.from('abc'), padding(3), header({ path: 'next' }));
    const [first, second] = read(bytes);
    assert.equal(bytes.toString('latin1', first!.offset, first!.offset + first!.sizeBytes), 'abc');
    assert.equal(second!.path, 'next');
  });

  const hostile: readonly (readonly [string, Buffer, RegExp])[] = [
    ['a header is cut short', header().subarray(0, 300), /ends inside a header/],
    ['contents are cut short', header({ sizeBytes: 1000 }), /ends inside an entry/],
    [
      'a size is beyond all bounds',
      patched(header(), 124, `\x80${'\xff'.repeat(11)}`),
      /size is out of range/,
    ],
    ['a size is negative', patched(header(), 124, '\xff'.repeat(12)), /size is out of range/],
    ['a checksum is wrong', Buffer.concat([header().fill('X', 0, 1), TAR_END]), /wrong checksum/],
    ['a number is no number', patched(header(), 100, 'rw-r--r'), /mode is not an octal number/],
    ['a pax record has no length', pax('x', 'path=a').fill('x', 512, 513), /pax record is not/],
    [
      'a pax record is longer than its header',
      Buffer.concat([pax('x', 'path=a').fill('9', 512, 514), header()]),
      /pax record is not/,
    ],
    ['a pax size is no number', archive(pax('x', 'size=-1'), header()), /pax size is not a whole number/],
    ['an owner is out of range', archive(pax('x', 'uid=4294967296'), header()), /uid is out of range/],
    ['a pax record has no keyword', archive(pax('x', '=a'), header()), /pax record/],
    ['a pax mtime is no number', archive(pax('x', 'mtime=now'), header()), /pax mtime/],
    ['a file is sparse', archive(pax('x', 'GNU.sparse.major=1'), header()), /sparse/],
    ['a file is sparse in the old way', patched(header(), 156, 'S'), /sparse/],
    ['an entry has an unknown type', patched(header(), 156, 'Z'), /unknown entry type "Z"/],
    [
      'an extended header has megabytes',
      patched(header({ sizeBytes: 2 << 20 }), 156, 'x'),
      /extended header has more/,
    ],
    ['it is not a tar', Buffer.alloc(2048, 'text '), /checksum/],
  ];
  for (const [name, bytes, rule] of hostile) it(`is refused when ${name}`, () => refused(bytes, rule));

  it('gives only bad-tar errors for changed bytes', () => {
    const good = archive(
      pax('x', 'path=abc', 'SCHILY.xattr.user.a=b'),
      header({ sizeBytes: 3 }),
      Buffer.from('abc'),
      padding(3),
    );
    for (let at = 0; at < good.length; at += 3)
      for (const value of [0, 0xff, 0x37]) {
        const bad = Buffer.from(good);
        bad[at] = value;
        try {
          read(bad);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'bad-tar', `byte ${at} = ${value}: ${error}`);
        }
      }
  });
});

describe('an archive by GNU tar', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'cfsbench-gnu-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  for (const format of ['gnu', 'pax', 'ustar', 'oldgnu', 'v7'])
    it(`in format ${format} has the same names, targets and times`, () => {
      const long = format === 'v7' || format === 'ustar' ? 'short' : 'long-'.repeat(30);
      mkdirSync(join(dir, 'in', long), { recursive: true });
      writeFileSync(join(dir, 'in', long, `${long}-file`), 'contents');
      symlinkSync(`${long}/target`, join(dir, 'in', 'link'));
      utimesSync(join(dir, 'in', long, `${long}-file`), 1, 1_234_567_890);
      const bytes = execFileSync('tar', [`--format=${format}`, '-C', join(dir, 'in'), '-cf', '-', '.'], {
        env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      });
      const members = new Map(read(bytes).map((member) => [member.path, member]));
      const file = members.get(`./${long}/${long}-file`);
      assert.equal(file?.type, 'file');
      assert.equal(file.mtimeNs, 1_234_567_890_000_000_000n);
      assert.equal(bytes.toString('latin1', file.offset, file.offset + file.sizeBytes), 'contents');
      assert.equal(members.get('./link')?.link, `${long}/target`);
      assert.equal(members.get(`./${long}/`)?.type, 'directory');
    });
});
