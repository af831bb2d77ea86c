// Writes OCI image layouts, good and bad ones.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memberHeader, padding, TAR_END, type TarMember } from '../../../harness/store/tar-header.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** `path`, or with a trailing slash a directory; contents where a file has some. */
export type Member = Partial<TarMember> & { readonly path: string; readonly contents?: string | Buffer };

export const tarOf = (...members: Member[]): Buffer =>
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

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export class Layout {
  readonly path: string;
  readonly #index: Json[] = [];

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'cfsbench-layout-'));
    mkdirSync(join(this.path, 'blobs', 'sha256'), { recursive: true });
    this.write('oci-layout', { imageLayoutVersion: '1.0.0' });
  }

  write(name: string, json: Json | string): void {
    writeFileSync(join(this.path, name), typeof json === 'string' ? json : JSON.stringify(json));
  }

  /** Returns its descriptor. */
  blob(bytes: Uint8Array, mediaType: string): { [key: string]: Json } {
    const hex = sha256(bytes);
    writeFileSync(join(this.path, 'blobs', 'sha256', hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  }

  json(value: Json, mediaType: string): { [key: string]: Json } {
    return this.blob(Buffer.from(JSON.stringify(value)), mediaType);
  }

  /** Descriptor of a manifest; each layer is its compressed and its plain form. */
  manifest(layers: readonly (readonly [stored: Buffer, plain: Buffer])[]): { [key: string]: Json } {
    const config = this.json(
      { rootfs: { type: 'layers', diff_ids: layers.map(([, plain]) => `sha256:${sha256(plain)}`) } },
      'application/vnd.oci.image.config.v1+json',
    );
    const descriptors = layers.map(([stored]) => this.blob(stored, 'application/vnd.oci.image.layer.v1.tar'));
    return this.json(
      { schemaVersion: 2, config, layers: descriptors },
      'application/vnd.oci.image.manifest.v1+json',
    );
  }

  /** Adds a descriptor to index.json. */
  add(descriptor: { [key: string]: Json }, tag?: string, platform?: { [key: string]: Json }): void {
    this.#index.push({
      ...descriptor,
      ...(tag === undefined ? {} : { annotations: { 'org.opencontainers.image.ref.name': tag } }),
      ...(platform === undefined ? {} : { platform }),
    });
    this.write('index.json', { schemaVersion: 2, manifests: this.#index });
  }
}
