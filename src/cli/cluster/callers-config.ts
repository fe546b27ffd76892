/** A kubeconfig that says why its credentials cannot be had, and as whom the caller acts. */
import { KubeConfig } from '@kubernetes/client-node';
import { kubeconfigCredentialsProblem } from './kubeconfig-credentials.ts';

/** The credentials could not be had: an exec plugin failed, or a file of the kubeconfig is gone. */
class CredentialsProblem extends Error {
  override readonly name = 'CredentialsProblem';
}

export type Headers = Readonly<Record<string, string | string[]>>;

/** Throws CredentialsProblem where the credentials cannot be had, and adds who to act as. */
export class CallersConfig extends KubeConfig {
  readonly #headers: Headers;
  readonly #usersHeaders: ReadonlyMap<string, Headers>;

  /** @param usersHeaders by the name of the kubeconfig's user; those of `headers` go before them */
  constructor(headers: Headers, usersHeaders: ReadonlyMap<string, Headers>) {
    super();
    this.#headers = headers;
    this.#usersHeaders = usersHeaders;
  }

  override async applyToHTTPSOptions(
    options: Parameters<KubeConfig['applyToHTTPSOptions']>[0],
  ): Promise<void> {
    try {
      await super.applyToHTTPSOptions(options);
    } catch (error) {
      throw new CredentialsProblem(kubeconfigCredentialsProblem(error, this), { cause: error });
    }
    const { Authorization: authorization } = options.headers ?? {};
    options.headers = {
      ...options.headers,
      // A file's token may end with a line break.
      ...(typeof authorization === 'string' && { Authorization: authorization.trim() }),
      ...this.#usersHeaders.get(this.getCurrentUser()?.name ?? ''),
      ...this.#headers,
    };
  }
}
