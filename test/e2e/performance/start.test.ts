/** What the bundle takes as soon as it is loaded, before it has anything to do. */
import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operatorProgram } from '../../../testbed/bundle.ts';
import { cleanEnvironment } from '../../../testbed/environment.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { kubeconfigOfNobody } from '../../../testbed/kubernetes/nobody.ts';
import { IMAGE_ENVIRONMENT, IMAGE_NODE_OPTIONS } from '../../../testbed/operator.ts';
import { startService } from '../../../testbed/process.ts';
import { scratchFolder } from '../../../testbed/scratch.ts';

/** 8 MB, and 16 MB if V8 parses what all modules do when they are loaded at once. */
const MOST_MB = 12;

/** Memory that malloc has taken from the system, in MB. */
function mallocMB(pid: number): number {
  const kilobytes = /\[heap\]\n(?:.*\n)*?Rss: +(\d+)/.exec(readFileSync(`/proc/${pid}/smaps`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

it('the parser leaves little behind when the program is loaded', async () => {
  const folder = scratchFolder('start');
  const options = [...IMAGE_NODE_OPTIONS, operatorProgram()];
  const service = startService(
    'operator',
    process.execPath,
    [...options, '--cluster-id=test', '--namespace=test', '--metrics-address='],
    {
      logFile: join(folder, 'operator.log'),
      env: cleanEnvironment({
        ...IMAGE_ENVIRONMENT,
        NODE_DISABLE_COMPILE_CACHE: '1',
        KUBECONFIG: kubeconfigOfNobody(folder),
      }),
    },
  );
  await eventually('the operator to be loaded', () => expect(service.logTail()).toContain('"starting"'));
  expect(mallocMB(service.pid)).toBeLessThan(MOST_MB);
  await service.stop();
});
