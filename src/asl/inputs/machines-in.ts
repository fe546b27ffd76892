/**
 * The state machines in whatever people have at hand: a definition itself, what describe-state-machine printed, a
 * CloudFormation, SAM or CDK-synthesized template, a Terraform plan as JSON.
 */
import { member } from '../json.ts';
import type { Json } from '../task.ts';
import { isTemplate, machinesInTemplate } from './template.ts';
import { isTerraform, machinesInTerraform } from './terraform.ts';

/** A machine that a file holds: its definition as JSON text, or why it cannot be had from there. */
export type FoundMachine =
  | { readonly name: string; readonly definition: string }
  | { readonly name: string; readonly problem: string };

/** Where the machine lies; what a template computes from it is known. */
export interface MachinePlace {
  readonly partition: string;
  readonly region: string;
}

/**
 * Every state machine of a document; never empty. What is none of these is taken for a definition, whose reader says what is
 * missing in it. Throws `RangeError` on a template or a plan without a machine.
 */
export function machinesIn(document: Json, place: MachinePlace): readonly FoundMachine[] {
  const described = member(document, 'definition');
  if (typeof described === 'string' && member(document, 'States') === undefined) {
    const name = member(document, 'name');
    return [{ name: typeof name === 'string' ? name : '', definition: described }];
  }
  if (isTemplate(document)) return someOf(machinesInTemplate(document, place), 'the template');
  if (isTerraform(document)) return someOf(machinesInTerraform(document), 'the Terraform plan');
  return [{ name: '', definition: JSON.stringify(document) }];
}

function someOf(found: readonly FoundMachine[], what: string): readonly FoundMachine[] {
  if (found.length === 0) throw new RangeError(`${what} holds no state machine`);
  return found;
}

/**
 * Placeholders that stand outside of quotes (`"MaxConcurrency": ${Limit}`) put into them, so that the text is JSON; what stands
 * in a text stays as it is. A text that never ends goes to the end: each character is looked at once.
 */
export function quotePlaceholders(text: string): string {
  return text.replaceAll(/"[^"\\]*(?:\\.?[^"\\]*)*"?|\$\{[^{}"\n]{1,200}\}/gs, (token) =>
    token.startsWith('$') ? JSON.stringify(token) : token,
  );
}
