/** What to do if the credentials of a kubeconfig's user are not available, in one sentence. */
import type { KubeConfig } from '@kubernetes/client-node';

/** Removed in Kubernetes 1.26: https://kubernetes.io/blog/2022/05/03/kubernetes-1-24-release-announcement/ */
const RETIRED = new Set(['gcp', 'azure']);

const LOG_IN = 'log in again the way your cluster requires, or choose another --context or --user';

/** The sentence for an error of the kubeconfig's credentials. */
export function kubeconfigCredentialsProblem(error: unknown, config: KubeConfig): string {
  const user = config.getCurrentUser();
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const command: unknown = user?.exec?.command;
  if (typeof command === 'string') {
    if (code === 'ENOENT')
      return `the kubeconfig gets credentials from "${command}", which is not installed or not on the PATH: install it, or choose another --context or --user`;
    const said = error instanceof SyntaxError ? 'it printed no credentials' : lastLine(error);
    return `"${command}", which the kubeconfig gets credentials from, failed (${said}): ${LOG_IN}`;
  }
  const provider: unknown = user?.authProvider?.name;
  if (typeof provider === 'string' && RETIRED.has(provider))
    return `the kubeconfig gets credentials from auth-provider "${provider}", which kubectl no longer supports either: generate it again with the cloud's own tool, which then names a plugin under exec`;
  if (code === 'ENOENT' && error instanceof Error && 'path' in error)
    return `the kubeconfig names ${String(error.path)}, where there is no file: ${LOG_IN}`;
  return `the kubeconfig's credentials cannot be used (${lastLine(error)}): ${LOG_IN}`;
}

/** The sentence for a plugin that does not end.
 *  @param waitedMs how long credentials were waited for */
export function pluginHangs(config: KubeConfig, waitedMs: number): string {
  const command: unknown = config.getCurrentUser()?.exec?.command;
  const who = typeof command === 'string' ? `"${command}"` : 'what';
  return `${who}, which the kubeconfig gets credentials from, gave none within ${waitedMs / 1_000} s: run it by hand to see what it waits for; --request-timeout waits longer`;
}

/** When a program fails, the last line that it writes says most. */
function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n').at(-1)?.trim().slice(0, 300) || 'it said nothing';
}
