/** A child process of a whole run that looks into mounts. */
export interface Looker {
  /**
   * Plain JSON there and back: the questions are those of harness/look. One at a time. Rejects with a UserError: `timeout`, `ended`,
   * or the errno of what failed.
   */
  look(question: unknown): Promise<unknown>;
  /** It is going to be asked: it gets ready meanwhile. */
  begin(): void;
  /** Null while there is none: it is started with the first question, if not before. */
  readonly pid: number | null;
  end(): Promise<void>;
}
