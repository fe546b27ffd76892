import type { Line } from './text.ts';

/** What a verb may use besides computing. */
export interface Io {
  /** Output for a program: escaped, without colours, never wrapped. */
  write(output: string): void;
  /** Output for people. */
  print(lines: readonly Line[]): void;
  /** For people, next to output for a program. */
  warn(output: string): void;
  /** The text of a file; `-` is standard input. */
  read(path: string): Promise<string>;
}

/** Exit statuses, the same for every verb. */
export const EXIT = { done: 0, error: 1, attention: 2 } as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
