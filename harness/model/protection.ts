// Levels of protection of an installed image: what is checked, and by whom.

/**
 * `nothing`: no check. `files`: objects have fs-verity, so the kernel refuses changed pages. `reference`: also each object is compared with the
 * digest that the manifest has for it, by overlayfs (verity=require) or by the FUSE server. `manifest`: also the manifest is opened by its
 * digest. `device`: dm-verity below the file system. `signature`: signature and digests checked in user space when the image is fetched, and never
 * again.
 */
export const PROTECTIONS = ['nothing', 'files', 'reference', 'manifest', 'device', 'signature'] as const;
export type Protection = (typeof PROTECTIONS)[number];

/** Levels below `manifest` that the same backend can be weakened to. */
export type WeakerProtection = 'files' | 'reference';
