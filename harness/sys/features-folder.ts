// What the folder is called in which features are tried: whoever finds one of a process that is gone may remove it.

/** Followed by the id of the process that tries them. */
export const FEATURES_PREFIX = '.cfsbench-features-';
