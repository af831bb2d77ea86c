/** Prefix of the folders in which features are tried; the process id follows. Folders of exited processes may be removed. */
export const FEATURES_PREFIX = '.cfsbench-features-';
