/** Before end-to-end tests: builds and installs here what they start, so that the progress can be seen. */
import { ensureExecutable } from '../../testbed/executable.ts';
import { ensureHelm, ensurePromtool, ensureTools } from '../../testbed/tools/go-tools.ts';
import { openJudge } from '../../testbed/tools/judge.ts';
import { orExplain } from '../../testbed/tools/prerequisites.ts';
import { ensureLocalStack, ensureMinistack } from '../../testbed/tools/python-tools.ts';

export default async function prepare(): Promise<void> {
  await orExplain(async () => {
    await ensureTools();
    await ensureHelm();
    await ensurePromtool();
    await ensureMinistack();
    await openJudge();
    await ensureLocalStack();
  });
  // Tests begin meanwhile. Those that run it wait for it, and fail if it cannot be made.
  ensureExecutable().catch(() => undefined);
}
