/** The result of `check` for one part of the installation. */
export interface PartCheck {
  readonly subject: string;
  /** `failure`: links cannot work; `attention`: they work, and somebody should do something; `unseen`: the caller may not read
   *  it. */
  readonly state: 'ok' | 'attention' | 'failure' | 'unseen';
  readonly message: string;
  /** The first thing to do. */
  readonly remedy?: string;
}

export const INSTALL = 'Install the operator: docs/getting-started.md has the commands.';
