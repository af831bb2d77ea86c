// Limits of time and requests for one server. Limits of size are not needed: signed data gives each size before it is requested.

export interface RemoteLimits {
  /** Requests under way at the same time; a connection each. */
  readonly parallel: number;
  /** Time without a byte, also before the first one. */
  readonly silentMs: number;
  /** An answer takes at most `silentMs` and as long as this rate needs for its size. */
  readonly leastBytesPerS: number;
  /** Redirects of one request. They stay on the origin of the URL. */
  readonly redirects: number;
  /** Refused objects after which no further ones are requested. */
  readonly refusals: number;
}

export const DEFAULT_LIMITS: RemoteLimits = {
  parallel: 8,
  silentMs: 10_000,
  leastBytesPerS: 16 * 1024,
  redirects: 3,
  refusals: 20,
};

/** All headers of an answer. */
export const HEADER_BYTES = 16 * 1024;
