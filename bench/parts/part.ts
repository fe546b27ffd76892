/** The command line's settings for every part. */
export interface Settings {
  /** Links of `create` and `check`; the other parts scale with it. */
  readonly links: number;
  /** Source accounts, and as many target accounts. */
  readonly accounts: number;
  readonly latencyMs: number;
  /** The only size that `scale` measures; all of its sizes unless given. */
  readonly scaleLinks?: number;
  readonly program: string;
}

export type Figures = Readonly<Record<string, number>>;

/** Figures by section of `bench/results.json`. */
export type Results = Readonly<Record<string, Figures>>;

/** Measures on a rig of its own. `say` takes what a reader should know besides the figures. */
export type Part = (settings: Settings, say: (line: string) => void) => Promise<Results>;
