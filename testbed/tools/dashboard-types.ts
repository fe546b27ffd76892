/** Runs the program next to this file that reads a dashboard by Grafana's own types. */
import { run } from '../process.ts';
import { ensureOwnGoTool } from './own-go-tools.ts';

/** What in a dashboard Grafana's types do not know, or miss; empty if nothing. */
export async function dashboardProblems(dashboard: string): Promise<string> {
  const program = await ensureOwnGoTool({
    binary: 'grafana-types',
    module: 'grafana',
    package: '.',
    sources: ['go.mod', 'main.go'],
    what: 'the reader of Grafana’s dashboards',
  });
  const { exitCode, stdout, stderr } = await run(program, [], { input: dashboard, timeoutMs: 20_000 });
  if (exitCode !== 0 && exitCode !== 2) throw new Error(stderr);
  return stdout.trim();
}
