/** Runs the program next to this file that evaluates a Terraform module, as far as that is possible without a provider. */
import { cleanEnvironment } from '../environment.ts';
import { run } from '../process.ts';
import { ensureOwnGoTool } from './own-go-tools.ts';

export interface EvaluatedModule {
  /** Arguments of resources, by `TYPE.NAME`. */
  readonly resources: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Files that `terraform fmt` would change. */
  readonly unformatted: readonly string[];
}

/**
 * Evaluates the module in a folder.
 * @param data what data sources answer, by type and name
 * @throws Error with what Terraform would say
 */
export async function evaluateModule(
  folder: string,
  variables: object,
  data: object,
): Promise<EvaluatedModule> {
  const binary = await ensureOwnGoTool({
    binary: 'terraform-module',
    module: 'terraform',
    package: '.',
    sources: ['go.mod', 'main.go'],
    what: 'the reader of Terraform modules',
  });
  const outcome = await run(binary, [folder], {
    env: cleanEnvironment(),
    input: JSON.stringify({ variables, data }),
  });
  if (outcome.exitCode !== 0) throw new Error(outcome.stderr.trim());
  return JSON.parse(outcome.stdout);
}
