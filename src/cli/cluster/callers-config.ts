/** A kubeconfig that says why its credentials are not available, and as whom the caller acts. */
import { KubeConfig } from '@kubernetes/client-node';
import { kubeconfigCredentialsProblem, pluginHangs } from './kubeconfig-credentials.ts';

/** The credentials are not available: an exec plugin failed, or a file of the kubeconfig is missing. */
class CredentialsProblem extends Error {
  override readonly name = 'CredentialsProblem';
}

/** The plugin is still running: the code that reports this has to end the process, which would otherwise wait for it. */
export class PluginHangs extends CredentialsProblem {}

/** A plugin may open a browser and wait for somebody to log in. */
const PATIENCE_MS = 120_000;

export type Headers = Readonly<Record<string, string | string[]>>;

/** Throws CredentialsProblem if the credentials are not available, and adds the headers for impersonation. */
export class CallersConfig extends KubeConfig {
  readonly #headers: Headers;
  readonly #usersHeaders: ReadonlyMap<string, Headers>;
  readonly #patienceMs: number;

  /** @param usersHeaders by the name of the kubeconfig's user; `headers` take precedence
   *  @param patienceMs how long to wait for credentials; 0: without limit */
  constructor(headers: Headers, usersHeaders: ReadonlyMap<string, Headers>, patienceMs = PATIENCE_MS) {
    super();
    this.#headers = headers;
    this.#usersHeaders = usersHeaders;
    this.#patienceMs = patienceMs;
  }

  override async applyToHTTPSOptions(
    options: Parameters<KubeConfig['applyToHTTPSOptions']>[0],
  ): Promise<void> {
    try {
      await this.#inTime(super.applyToHTTPSOptions(options));
    } catch (error) {
      if (error instanceof PluginHangs) throw error;
      throw new CredentialsProblem(kubeconfigCredentialsProblem(error, this), { cause: error });
    }
    const { Authorization: authorization } = options.headers ?? {};
    options.headers = {
      ...options.headers,
      // A token from a file may end with a line break.
      ...(typeof authorization === 'string' && { Authorization: authorization.trim() }),
      ...this.#usersHeaders.get(this.getCurrentUser()?.name ?? ''),
      ...this.#headers,
    };
  }

  async #inTime(credentials: Promise<void>): Promise<void> {
    if (this.#patienceMs === 0) return credentials;
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new PluginHangs(pluginHangs(this, this.#patienceMs))),
      this.#patienceMs,
    );
    try {
      await Promise.race([credentials, promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
