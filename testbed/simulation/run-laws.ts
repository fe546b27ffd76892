/** A running execution, and an alias's version, has what it had: whatever becomes of the links. */
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

  /** @param isLongSo whether people left the link as it is for a while: an edit takes effect for what runs, too */
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
    // What a link leaves as it is, when it goes, is nobody's: those that share the role take it off, for what runs included.
    const isAbandoned = rest.metadata.annotations[ANNOTATIONS.abandon] === 'true';
    if (link.deleting && (link.retain || isAbandoned)) return;
    // Who only observes a leg asks for nothing there, for what runs included.
    const leg = object === link.targetRole.text ? 'targetRole' : 'executionRoleGrant';
    if (link.legs[leg] === 'Observe') return;
    this.#parts.onViolation({
      law: 'old definitions stay alive',
      atMs: this.#parts.scheduler.nowMs,
      message: `${operation} on ${object} breaks what still runs for ${link.key}: ${problem}`,
    });
  }
}
