/** The operator's identity before it assumes any role: the same for all accounts. AWS is asked until it has answered once. */
export class BaseIdentity {
  #asked: Promise<string | undefined> | undefined;

  /** Its ARN, of a role's session or of a user; undefined while AWS does not say. Never throws.
   *  @param ask asks AWS, with the operator's own credentials */
  arn(ask: () => Promise<string | undefined>): Promise<string | undefined> {
    this.#asked ??= this.#answer(ask);
    return this.#asked;
  }

  async #answer(ask: () => Promise<string | undefined>): Promise<string | undefined> {
    const answer = await ask().catch(() => undefined);
    if (answer === undefined) this.#asked = undefined;
    return answer;
  }
}
