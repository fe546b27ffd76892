/**
 * Finds the state machines in files of many kinds: a definition itself, the output of describe-state-machine, a CloudFormation,
 * SAM or CDK template, a Terraform plan or state, a serverless.yml, a Pulumi stack, a manifest of ACK or Crossplane.
 */
import { memberOf, type Json } from '../../base/json.ts';
import { isTemplate, machinesInTemplate } from './template.ts';
import { isManifest, machinesInManifest } from './manifests.ts';
import { isPulumi, machinesInPulumi } from './pulumi.ts';
import { isServerless, machinesInServerless } from './serverless.ts';
import {
  isTerraform,
  isTerraformState,
  machinesInTerraform,
  machinesInTerraformState,
  TYPE,
} from './terraform.ts';

/** A machine in a file: its definition as JSON text, or why the file does not give it. */
export type FoundMachine =
  | { readonly name: string; readonly definition: string }
  | { readonly name: string; readonly problem: string; readonly elsewhere?: DefinitionFile };

/** A definition in a file of its own, which another file names. */
interface DefinitionFile {
  /** As it is named there. */
  readonly path: string;
  /** The file's text with its placeholders replaced, as the other file says. */
  fill(text: string): string;
}

/** Where the machine is, so that what a template computes from it is known. */
export interface MachinePlace {
  readonly partition: string;
  readonly region: string;
}

/** Every state machine of a document; never empty. A document of no known kind is taken for a definition, whose parser says
 *  what is missing.
 *  @throws RangeError for a file of another tool without a machine in it, with how to get one out */
export function machinesIn(document: Json, place: MachinePlace): readonly FoundMachine[] {
  if (memberOf(document, 'States') !== undefined) return itself(document);
  const described = memberOf(document, 'definition');
  if (typeof described === 'string') {
    const name = memberOf(document, 'name');
    return [{ name: typeof name === 'string' ? name : '', definition: described }];
  }
  const kind = KINDS.find(({ is }) => is(document));
  if (kind === undefined) return itself(document);
  const found = kind.machines(document, place);
  if (found.length === 0) throw new RangeError(kind.none);
  return found;
}

function itself(document: Json): readonly FoundMachine[] {
  return [{ name: '', definition: JSON.stringify(document) }];
}

interface Kind {
  readonly is: (document: Json) => boolean;
  readonly machines: (document: Json, place: MachinePlace) => readonly FoundMachine[];
  /** The message for a file of this kind without a machine. */
  readonly none: string;
}

const DESCRIBE =
  'aws stepfunctions describe-state-machine --state-machine-arn ARN prints a machine with its definition';

/** In the order in which they are tried. */
const KINDS: readonly Kind[] = [
  {
    is: isManifest,
    machines: machinesInManifest,
    none: 'is a Kubernetes manifest without a StateMachine: pass the definition itself',
  },
  { is: isTemplate, machines: machinesInTemplate, none: 'the template contains no state machine' },
  { is: isTerraform, machines: machinesInTerraform, none: 'the Terraform plan contains no state machine' },
  {
    is: isTerraformState,
    machines: machinesInTerraformState,
    none: 'the Terraform state contains no state machine',
  },
  {
    is: (document) => memberOf(memberOf(document, 'resource'), TYPE) !== undefined,
    machines: () => [],
    none: 'is Terraform source code in JSON: pass what terraform show -json prints of its plan',
  },
  {
    is: isServerless,
    machines: machinesInServerless,
    none: 'the serverless.yml contains no state machine (stepFunctions.stateMachines)',
  },
  { is: isPulumi, machines: machinesInPulumi, none: 'the Pulumi stack contains no state machine' },
  {
    is: (document) => memberOf(document, 'TemplateBody') !== undefined,
    machines: (document, place) => machinesInTemplate(memberOf(document, 'TemplateBody') ?? null, place),
    none: 'contains a template as text: print it with aws cloudformation get-template --query TemplateBody --output text',
  },
  {
    is: (document) =>
      memberOf(document, 'artifacts') !== undefined || memberOf(document, 'tree') !== undefined,
    machines: () => [],
    none: 'is CDK’s own record of its output: pass the …template.json beside it, which cdk synth writes',
  },
  {
    is: (document) => memberOf(document, 'stateMachines') !== undefined,
    machines: () => [],
    none: `lists machines without their definitions: ${DESCRIBE}`,
  },
  {
    is: (document) => memberOf(document, 'stateMachineArn') !== undefined,
    machines: () => [],
    none: `names a machine without its definition: ${DESCRIBE}`,
  },
];

/** Puts quotes around placeholders outside of strings (`"MaxConcurrency": ${Limit}`), so that the text is JSON; placeholders in
 *  strings stay as they are. A string that never ends goes to the end: each character is visited once. */
export function quotePlaceholders(text: string): string {
  return text.replaceAll(/"[^"\\]*(?:\\.?[^"\\]*)*"?|\$\{[^{}"\n]{1,200}\}/gs, (token) =>
    token.startsWith('$') ? JSON.stringify(token) : token,
  );
}
