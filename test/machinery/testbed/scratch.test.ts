import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../testbed/process.ts';
import { scratchFolder } from '../../../testbed/scratch.ts';

const NOBODY = 65_534;

describe('a scratch folder', () => {
  let temporary: string;
  let deadProcess: string;

  beforeEach(async () => {
    temporary = mkdtempSync(join(tmpdir(), 'scratch-test-'));
    chmodSync(temporary, 0o1777);
    deadProcess = (await run('sh', ['-c', 'echo $$'])).stdout.trim();
  });
  afterEach(() => rmSync(temporary, { recursive: true }));

  /** A folder as a process that was killed leaves it. */
  function leftover(): string {
    const folder = join(temporary, `crossaccountlink-${deadProcess}-etcd-x`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'data'), 'much');
    return folder;
  }

  it('is made once what killed processes have left is removed', () => {
    const folder = leftover();
    expect(existsSync(scratchFolder('mine', temporary))).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });

  it('is made beside what another user’s process has left, which nobody else may remove', () => {
    const folder = leftover();
    chmodSync(folder, 0o555);
    try {
      expect(existsSync(asOrdinaryUser(() => scratchFolder('mine', temporary)))).toBe(true);
      expect(existsSync(join(folder, 'data'))).toBe(true);
    } finally {
      chmodSync(folder, 0o755);
    }
  });
});

/** Carries `action` out as somebody who is bound by permissions, which root is not. */
function asOrdinaryUser<T>(action: () => T): T {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(NOBODY);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
  }
}
