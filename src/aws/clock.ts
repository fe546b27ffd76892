/** Time as this folder sees it: passed in, so that tests turn it by hand. Of the same shape as in `kubernetes/`. */
export interface Clock {
  /** Milliseconds on a clock that is never set back or forward. Only differences mean something. */
  monotonicMs(): number;
  /** Milliseconds since 1970: credentials expire by the time of day. */
  wallMs(): number;
  /** Runs `action` once, `ms` milliseconds from now, unless the answer is called before. */
  after(ms: number, action: () => void): () => void;
}
