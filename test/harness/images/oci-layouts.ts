// Writes OCI image layouts for tests, valid and invalid ones, and opens them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOci } from '../../../harness/images/oci.ts';
import type { SourceImage } from '../../../harness/model/image.ts';
import { memberHeader, padding, TAR_END, type TarMember } from '../../../harness/store/tar-header.ts';

type BlobJson = null | boolean | number | string | BlobJson[] | { [key: string]: BlobJson };

/** A path with a trailing slash is a directory. */
export type TestMember = Partial<TarMember> & { readonly path: string; readonly contents?: string | Buffer };

export const tarOf = (...members: TestMember[]): Buffer =>
  Buffer.concat([
    ...members.flatMap(({ contents = '', ...member }) => {
      const bytes = typeof contents === 'string' ? Buffer.from(contents, 'latin1') : contents;
      const full: TarMember = {
        type: member.path.endsWith('/') ? '5' : '0',
        mode: member.path.endsWith('/') ? 0o755 : 0o644,
        uid: 0,
        gid: 0,
        sizeBytes: bytes.length,
        mtimeSec: 1_700_000_000n,
        mtimeNsec: 0,
        link: '',
        major: 0,
        minor: 0,
        xattrs: [],
        ...member,
      };
      return [memberHeader(full), bytes, padding(bytes.length)];
    }),
    TAR_END,
  ]);

/** Layers whose stored form is the plain tar. */
export const uncompressed = (...tars: Buffer[]): (readonly [stored: Buffer, plain: Buffer])[] =>
  tars.map((tar) => [tar, tar]);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export class OciLayout {
  readonly #opened: SourceImage[] = [];
  readonly path: string;
  readonly #index: BlobJson[] = [];

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'cfsbench-layout-'));
    mkdirSync(join(this.path, 'blobs', 'sha256'), { recursive: true });
    this.write('oci-layout', { imageLayoutVersion: '1.0.0' });
  }

  write(name: string, json: BlobJson | string): void {
    writeFileSync(join(this.path, name), typeof json === 'string' ? json : JSON.stringify(json));
  }

  /** Writes a blob and returns its descriptor. */
  blob(bytes: Uint8Array, mediaType: string): { [key: string]: BlobJson } {
    const hex = sha256(bytes);
    writeFileSync(join(this.path, 'blobs', 'sha256', hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  }

  json(value: BlobJson, mediaType: string): { [key: string]: BlobJson } {
    return this.blob(Buffer.from(JSON.stringify(value)), mediaType);
  }

  /** Writes a manifest and returns its descriptor. Each layer has a stored and a plain form. */
  manifest(
    layers: readonly (readonly [stored: Buffer, plain: Buffer])[],
    layerType = 'application/vnd.oci.image.layer.v1.tar',
    diffIds = layers.map(([, plain]) => `sha256:${sha256(plain)}`),
  ): { [key: string]: BlobJson } {
    const config = this.json(
      { rootfs: { type: 'layers', diff_ids: diffIds } },
      'application/vnd.oci.image.config.v1+json',
    );
    const descriptors = layers.map(([stored]) => this.blob(stored, layerType));
    return this.json(
      { schemaVersion: 2, config, layers: descriptors },
      'application/vnd.oci.image.manifest.v1+json',
    );
  }

  /** Adds a descriptor to index.json. */
  add(
    descriptor: { [key: string]: BlobJson },
    tag?: string,
    platform?: { [key: string]: BlobJson },
    annotations: { [key: string]: BlobJson } = {},
  ): void {
    this.#index.push({
      ...descriptor,
      ...(tag === undefined
        ? {}
        : { annotations: { 'org.opencontainers.image.ref.name': tag, ...annotations } }),
      ...(platform === undefined ? {} : { platform }),
    });
    this.write('index.json', { schemaVersion: 2, manifests: this.#index });
  }

  async open(spec = this.path): Promise<SourceImage> {
    const image = await openOci(spec, `oci:${spec}`, { spoolDir: this.path });
    this.#opened.push(image);
    return image;
  }

  /** Opens an image of uncompressed layers. */
  async openTars(...tars: Buffer[]): Promise<SourceImage> {
    this.add(this.manifest(uncompressed(...tars)));
    return this.open();
  }

  /** Checks that opening fails with this code and message and leaves no spool folder. */
  async refuses(code: string, rule: RegExp): Promise<void> {
    await assert.rejects(this.open(), (error: Error & { code?: string }) => {
      assert.equal(error.code, code, error.stack ?? '');
      assert.match(error.message, rule);
      return true;
    });
    assert.deepEqual(this.spoolFolders(), []);
  }

  spoolFolders(): string[] {
    return readdirSync(this.path).filter((name) => name.includes('cfsbench'));
  }

  async remove(): Promise<void> {
    for (const image of this.#opened) await image.close();
    rmSync(this.path, { recursive: true, force: true });
  }
}
