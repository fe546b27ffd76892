/** The real helm, with a home folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { cleanEnvironment, RARE_COLLECTION } from '../../../testbed/environment.ts';
import { run, type Outcome } from '../../../testbed/process.ts';
import { ensureHelm } from '../../../testbed/tools/go-tools.ts';

export const CHART = fileURLToPath(new URL('../../../charts/crossaccountlink', import.meta.url));

export const PLURALS = ['awsaccounts', 'crossaccountlinks'];

export function crdFile(folder: string, plural: string): string {
  return join(folder, `crossaccountlink.dev_${plural}.yaml`);
}

export interface Helm {
  /** Runs helm. A refusal is an answer, not an exception. */
  try(...args: readonly string[]): Promise<Outcome>;
  /** Runs helm and returns what it printed; throws if helm fails. */
  run(...args: readonly string[]): Promise<string>;
  /** The objects that the chart makes from these `--set` values, with a cluster ID unless they set one. */
  render(...sets: readonly string[]): Promise<Rendered>;
  close(): Promise<void>;
}

/** @param kubeconfig left out if no cluster is needed */
export async function openHelm(kubeconfig?: string): Promise<Helm> {
  const helm = await ensureHelm();
  const home = await mkdtemp(join(tmpdir(), 'xal-helm-'));
  const env = cleanEnvironment({
    ...RARE_COLLECTION,
    HELM_CONFIG_HOME: home,
    HELM_CACHE_HOME: home,
    HELM_DATA_HOME: home,
    ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
  });
  const attempt = (...args: readonly string[]) => run(helm, args, { env, timeoutMs: 120_000 });
  const succeed = async (...args: readonly string[]) => {
    const { stdout, stderr, exitCode } = await attempt(...args);
    if (exitCode !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  return {
    try: attempt,
    run: succeed,
    render: async (...sets) =>
      new Rendered(
        await succeed(
          'template',
          'xal',
          CHART,
          ...['clusterID=test', ...sets].flatMap((set) => ['--set', set]),
        ),
      ),
    close: () => rm(home, { recursive: true, force: true }),
  };
}

/** The objects that a chart or an overlay renders. They are plain JSON; a test looks at the parts that it knows. */
export class Rendered {
  readonly objects;

  constructor(text: string) {
    this.objects = parseAllDocuments(text)
      .map((document) => document.toJS())
      .filter((object) => object !== null);
  }

  all(kind: string) {
    return this.objects.filter((object) => object.kind === kind);
  }

  /** The object of this kind whose name ends like this; throws if there is not exactly one. */
  one(kind: string, suffix = '') {
    const found = this.all(kind).filter((object) => object.metadata.name.endsWith(suffix));
    if (found.length !== 1) throw new Error(`${found.length} of kind ${kind} ending in "${suffix}"`);
    return found[0];
  }
}
