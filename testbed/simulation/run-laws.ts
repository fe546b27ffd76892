/** A running execution, and the version of an alias, keep the access that they had, whatever happens to the links. */
import { ANNOTATIONS } from '../../src/api/metadata.ts';
import type { LinkObject } from '../../src/controllers/state/link-object.ts';
import type { AwsChange } from './aws-model.ts';
import type { LawsParts } from './laws.ts';
import { OPERATORS } from './whose.ts';

export class RunLaws {
  readonly #parts: LawsParts;
  readonly #isLongSo: (object: LinkObject) => boolean;
  /** Definitions in use whose calls would succeed. */
  #works: ReadonlySet<string> = new Set();

  /** @param isLongSo whether people left the link as it is for a while: an edit also takes effect for what runs */
  constructor(parts: LawsParts, isLongSo: (object: LinkObject) => boolean) {
    this.#parts = parts;
    this.#isLongSo = isLongSo;
  }

  /** To be called after each change in AWS. */
  judge(change: AwsChange): void {
    const { aws, truth } = this.#parts;
    const works = new Set<string>();
    for (const object of [...truth.links(), ...truth.gone()]) {
      const { targetRole, stateMachine, uid } = object.link;
      for (const run of aws.runs.inUse(stateMachine.text)) {
        if (!run.definition.includes(`"${targetRole.text}"`)) continue;
        const key = JSON.stringify([uid, run.definition, run.roleArn]);
        const problem = truth.problemInUse(object, run);
        if (problem === undefined) works.add(key);
        else if (this.#works.has(key)) this.#broke(change, object, problem);
      }
    }
    this.#works = works;
  }

  #broke({ actor, operation, object }: AwsChange, { link, ...rest }: LinkObject, problem: string): void {
    if (actor !== (this.#parts.whose ?? OPERATORS).caller || !this.#isLongSo({ link, ...rest })) return;
    // What a deleted link leaves as it is belongs to nobody: links that share the role remove it, also for what still runs.
    const isAbandoned = rest.metadata.annotations[ANNOTATIONS.abandon] === 'true';
    if (link.deleting && (link.retain || isAbandoned)) return;
    // A link that only observes a leg asks for nothing there, not even for what still runs.
    const leg = object === link.targetRole.text ? 'targetRole' : 'executionRoleGrant';
    if (link.legs[leg] === 'Observe') return;
    this.#parts.onViolation({
      law: 'old definitions stay alive',
      atMs: this.#parts.scheduler.nowMs,
      message: `${operation} on ${object} breaks what still runs for ${link.key}: ${problem}`,
    });
  }
}
