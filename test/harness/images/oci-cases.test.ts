// Layouts after public bug reports, read from a folder of cases where it is given.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openOci } from '../../../harness/images/oci.ts';
import { listing } from './listing.ts';

const cases = process.env['CFSBENCH_CASES'];
const skip = cases === undefined ? 'CFSBENCH_CASES names no folder' : false;
const D = ['d/', 'd/one', 'd/three', 'd/two'];
const SPARSE = ['var/', 'var/all-hole', 'var/ends-in-data', 'var/ends-in-hole', 'var/two-bytes'];

/** What each layout shows, or why it is refused. */
const CASES: Readonly<Record<string, readonly string[] | RegExp>> = {
  '01-hardlink-across-layers/plain': [
    'etc/',
    'etc/app.conf',
    'etc/big',
    'opt/',
    'opt/app.conf = etc/app.conf',
    'opt/big = etc/big',
  ],
  '02-path-through-symlink-same-layer/plain': [
    'abs -> /usr/lib64',
    'lib64 -> usr/lib64',
    'usr/',
    'usr/lib64/',
    'usr/lib64/libdemo.so.1',
    'usr/lib64/second',
  ],
  '02-path-through-symlink-same-layer/directory-entry': ['lib/', 'lib/b', 'usr/', 'usr/lib/', 'usr/lib/a'],
  '02-path-through-symlink-same-layer/loop': /too many symlinks/,
  '02-path-through-symlink-same-layer/to-nowhere': [
    'dang -> not/there',
    'not/',
    'not/there/',
    'not/there/file',
  ],
  '02-path-through-symlink-same-layer/whiteouts': ['lib -> usr/lib', 'usr/', 'usr/lib/', 'usr/lib/o/'],
  '03-path-through-symlink-lower-layer': ['lib/', 'lib/added.so', 'usr/', 'usr/lib/', 'usr/lib/base.so'],
  '04-whiteout-below-new-symlink/a': ['a -> /b', 'b/', 'c/'],
  '04-whiteout-below-new-symlink/b': ['a -> /b', 'b/', 'c/'],
  '05-root-hardlink': /root is not a directory/,
  '07-empty-layer-blobs': ['a'],
  '08-no-layers': [],
  '09-sparse-members/gnu': /old format/,
  '09-sparse-members/pax-0.0': SPARSE,
  '09-sparse-members/pax-0.1': SPARSE,
  '09-sparse-members/pax-1.0': SPARSE,
  '10-zstd-frames/chunked': D,
  '10-zstd-frames/long27': D,
  '10-zstd-frames/no-checksum-no-size': D,
  '10-zstd-frames/skippable-between': D,
  '10-zstd-frames/skippable-first': D,
  '11-sha512/all': D,
  '11-sha512/blobs-only': D,
  '11-sha512/diff-ids-only': D,
  '13-same-tag-two-repositories': /several images/,
  '15-big-owners/2-32': /uid is out of range/,
  '15-big-owners/below-2-32': /uid is out of range/,
  '15-big-owners/minus-two': /uid is out of range/,
  '15-big-owners/positive-only': ['b256', 'pax'],
  '21-gzip-trailing/empty-member': ['a'],
  '21-gzip-trailing/garbage': /cannot decompress/,
  '21-gzip-trailing/magic-only': /cannot decompress/,
  '21-gzip-trailing/one-zero': ['a'],
  '21-gzip-trailing/zeros': ['a'],
  '22-directory-over-symlink/opaque': ['link/', 'link/new.txt', 'target/', 'target/keep.txt'],
  '22-directory-over-symlink/plain': ['link/', 'link/new.txt', 'target/', 'target/keep.txt'],
  '28-odd-whiteouts/bare': /whiteout has no name/,
  '28-odd-whiteouts/contents-and-directory': ['a/'],
  '30-other-member-types/dumpdir': /unknown entry type "D"/,
  '30-other-member-types/solaris-X': /unknown entry type "X"/,
  '30-other-member-types/vendor': /unknown entry type "A"/,
  '30-other-member-types/volume-label': /unknown entry type "V"/,
  '31-after-the-end/cut-in-padding': ['a'],
  '31-after-the-end/garbage': ['a'],
  '31-after-the-end/no-end': ['a'],
  '31-after-the-end/one-zero-block': ['a'],
  '31-after-the-end/second-archive': ['a'],
  '32-same-layer-twice/empty-twice': ['top'],
  '32-same-layer-twice/same-tree-other-bytes': ['d/', 'd/same', 'top'],
  '33-untagged-beside-tagged': ['wanted'],
  '36-layers-that-are-no-tar/bzip2': /no tar: .*tar\+bzip2/,
  '36-layers-that-are-no-tar/json': /no tar: application\/vnd\.in-toto\+json/,
  '36-layers-that-are-no-tar/squashfs': /no tar: .*squashfs/,
  '36-layers-that-are-no-tar/text': /no tar: text\/plain/,
  '36-layers-that-are-no-tar/tiny': /no tar: text\/plain/,
  '36-layers-that-are-no-tar/xz': /no tar: .*tar\+xz/,
  '37-erofs-layer/above-a-tar': /no tar: application\/vnd\.erofs/,
  '37-erofs-layer/plain': /no tar: application\/vnd\.erofs/,
  '37-erofs-layer/zstd': /no tar: application\/vnd\.erofs\+zstd/,
};

for (const [name, expected] of Object.entries(CASES))
  test(`case ${name}`, { skip }, async () => {
    const layout = join(cases!, name, 'layout');
    if (expected instanceof RegExp) {
      await assert.rejects(openOci(layout, `oci:${layout}`), expected);
      return;
    }
    const image = await openOci(layout, `oci:${layout}`);
    assert.deepEqual(listing(image.tree), expected);
    await image.close();
  });
