/**
 * State machines of CloudFormation templates, as people write them, as SAM takes them and as CDK synthesizes them. What only a
 * deployment knows stays a placeholder of its name (`${OrdersTable}`), which derivation then asks about.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html
 */
import {
  isJsonArray,
  isJsonObject,
  memberOf,
  membersOf,
  type Json,
  type JsonObject,
} from '../../base/json.ts';
import { dnsSuffixOf } from '../../arn/partitions.ts';
import type { FoundMachine, MachinePlace } from './machines-in.ts';

const TYPES = new Set(['AWS::StepFunctions::StateMachine', 'AWS::Serverless::StateMachine']);

export function isTemplate(document: Json): boolean {
  const resources = memberOf(document, 'Resources');
  return (
    isJsonObject(resources) &&
    Object.values(resources).some((one) => typeof memberOf(one, 'Type') === 'string')
  );
}

export function machinesInTemplate(document: Json, place: MachinePlace): FoundMachine[] {
  const resources = memberOf(document, 'Resources');
  return Object.entries(isJsonObject(resources) ? resources : {})
    .filter(([, resource]) => TYPES.has(String(memberOf(resource, 'Type'))))
    .map(([name, resource]) => machineOf(name, memberOf(resource, 'Properties'), place));
}

function machineOf(name: string, properties: Json | undefined, place: MachinePlace): FoundMachine {
  const text = definitionText(properties, place);
  const substitutions = memberOf(properties, 'DefinitionSubstitutions');
  if (text !== undefined) return { name, definition: substituted(text, substitutions, place) };
  const elsewhere = ['DefinitionUri', 'DefinitionS3Location'].find(
    (key) => memberOf(properties, key) !== undefined,
  );
  const where =
    elsewhere === undefined ? 'it has none' : `${elsewhere} points to another file: pass that one`;
  const problem = `the definition is not in the template (${where})`;
  const path = memberOf(properties, 'DefinitionUri');
  if (typeof path !== 'string' || path.includes('://')) return { name, problem };
  const fill = (written: string): string => substituted(written, substitutions, place);
  return { name, problem, elsewhere: { path, fill } };
}

function definitionText(properties: Json | undefined, place: MachinePlace): string | undefined {
  const written = memberOf(properties, 'DefinitionString');
  if (written !== undefined) return textOf(written, place);
  const object = memberOf(properties, 'Definition');
  return isJsonObject(object) ? JSON.stringify(withTexts(object, place)) : undefined;
}

/** Values that are known go in; of the others the placeholder stays, by its own name. */
function substituted(text: string, substitutions: Json | undefined, place: MachinePlace): string {
  if (!isJsonObject(substitutions)) return text;
  return text.replaceAll(/\$\{([\w.:-]{1,200})\}/g, (written, key: string) => {
    const given = memberOf(substitutions, key);
    if (given === undefined) return written;
    const value = typeof given === 'object' ? textOf(given, place) : String(given);
    // Inside the JSON text of a definition the value has to stay within its quotes.
    return value.includes('${') ? written : JSON.stringify(value).slice(1, -1);
  });
}

/** Objects of one intrinsic function become the text that it makes, as far as it is known. */
export function withTexts(value: Json, place: MachinePlace): Json {
  if (isJsonArray(value)) return value.map((item) => withTexts(item, place));
  if (!isJsonObject(value)) return value;
  if (intrinsicOf(value) !== undefined) return textOf(value, place);
  return Object.fromEntries(membersOf(value).map(([key, inner]) => [key, withTexts(inner, place)]));
}

interface Intrinsic {
  readonly name: string;
  readonly argument: Json;
}

/** `{"Ref": …}`, `{"Fn::Sub": …}` */
function intrinsicOf(value: JsonObject): Intrinsic | undefined {
  const [entry, ...others] = membersOf(value);
  if (entry === undefined || others.length > 0) return undefined;
  const [name, argument] = entry;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined;
}

/** The text of a value with its intrinsic functions worked out; a placeholder for what only a deployment knows. */
function textOf(value: Json, place: MachinePlace): string {
  if (!isJsonObject(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const intrinsic = intrinsicOf(value);
  if (intrinsic === undefined) return JSON.stringify(withTexts(value, place));
  const { name, argument } = intrinsic;
  switch (name) {
    case 'Ref':
      return placeholder(String(argument), place);
    case 'Fn::GetAtt':
      return placeholder(isJsonArray(argument) ? argument.map(String).join('.') : String(argument), place);
    case 'Fn::Sub':
      return sub(argument, place);
    case 'Fn::Join':
      return join(argument, place);
    case 'Fn::ToJsonString':
      return JSON.stringify(withTexts(argument, place));
    default:
      return `\${${name.slice('Fn::'.length)}}`;
  }
}

function placeholder(name: string, { partition, region }: MachinePlace): string {
  if (name === 'AWS::Partition') return partition;
  if (name === 'AWS::Region') return region;
  if (name === 'AWS::URLSuffix') return dnsSuffixOf(partition);
  return `\${${name}}`;
}

/** `Fn::Sub`, with values of its own or without; `${!Literal}` is `${Literal}`. */
function sub(argument: Json, place: MachinePlace): string {
  const [template, values] = isJsonArray(argument) ? argument : [argument];
  if (typeof template !== 'string') return '${Sub}';
  return template.replaceAll(/\$\{(!?)([^{}]{1,200})\}/g, (_, escaped: string, key: string) => {
    if (escaped === '!') return `\${${key}}`;
    const own = memberOf(values, key.trim());
    return own === undefined ? placeholder(key.trim(), place) : textOf(own, place);
  });
}

function join(argument: Json, place: MachinePlace): string {
  const [separator, parts] = isJsonArray(argument) ? argument : [];
  if (typeof separator !== 'string' || !isJsonArray(parts)) return '${Join}';
  return parts.map((part) => textOf(part, place)).join(separator);
}
