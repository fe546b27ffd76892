import { parseCrossAccountLink, type CrossAccountLink } from '../../../src/api/crossaccountlink.ts';
import type { ExitStatus, Io } from '../../../src/cli/output/io.ts';
import { draw, type Line } from '../../../src/cli/output/text.ts';

export const MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout';
export const ROLE = 'arn:aws:iam::222222222222:role/crossaccountlink/checkout';

interface Parts {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
}

/** A link as the API server holds it; `status` is what the operator said of generation 1. */
export function manifest({ metadata = {}, spec = {}, status = {} }: Parts = {}): object {
  return {
    metadata: {
      namespace: 'payments',
      name: 'checkout',
      uid: 'uid',
      resourceVersion: '7',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec: { stateMachineARN: MACHINE, targetRole: { arn: ROLE }, ...spec },
    status: { observedGeneration: 1, ...status },
  };
}

export function link(parts: Parts = {}): CrossAccountLink {
  return parseCrossAccountLink(manifest(parts));
}

export function condition(type: string, status: string, reason: string, message = 'said so'): object {
  const lastTransitionTime = '2026-01-01T00:00:00Z';
  return { type, status, reason, message, lastTransitionTime, observedGeneration: 1 };
}

export const READY = { conditions: [condition('Ready', 'True', 'InSync')] };

/** Where a verb's output goes in a test, as on a pipe: without colours, and no line is broken. */
export class Written implements Io {
  output = '';
  warnings = '';
  readonly #files: Readonly<Record<string, string>>;

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.#files = files;
  }

  write(output: string): void {
    this.output += output;
  }

  print(lines: readonly Line[]): void {
    this.output += draw(lines, { colour: false });
  }

  warn(output: string): void {
    this.warnings += output;
  }

  async read(path: string): Promise<string> {
    const text = this.#files[path];
    if (text === undefined) throw new Error(`${path} is not to be read`);
    return text;
  }
}

/** Runs a verb that needs nothing but its output. */
export function said(verb: (io: Io) => ExitStatus): {
  readonly status: ExitStatus;
  readonly output: string;
  readonly warnings: string;
} {
  const io = new Written();
  return { status: verb(io), output: io.output, warnings: io.warnings };
}

/** The same for a verb that answers later. */
export async function saidLater(
  verb: (io: Io) => Promise<ExitStatus>,
): Promise<{ readonly status: ExitStatus; readonly output: string }> {
  const io = new Written();
  return { status: await verb(io), output: io.output };
}
