/** Prefix of the folders in which features are tried; random digits follow. */
export const FEATURES_PREFIX = '.cfsbench-features-';
