/** The text of a definition in a CloudFormation template, with its functions and substitutions worked out. */
import { expect, it } from '@jest/globals';
import type { Json } from '../../../src/base/json.ts';
import { machinesInTemplate } from '../../../src/asl/inputs/template.ts';

const PLACE = { partition: 'aws', region: 'us-east-1' };

function definitionOf(Properties: Json): unknown {
  const Resources = { Checkout: { Type: 'AWS::StepFunctions::StateMachine', Properties } };
  const [found] = machinesInTemplate({ Resources }, PLACE);
  return found !== undefined && 'definition' in found ? found.definition : found;
}

it.each<[what: string, properties: Json, definition: string]>([
  ['what Fn::Sub knows', { DefinitionString: { 'Fn::Sub': 'a ${AWS::Region}' } }, 'a us-east-1'],
  [
    'what Fn::Sub leaves as it is',
    { DefinitionString: { 'Fn::Sub': 'a ${!AWS::Region}' } },
    'a ${AWS::Region}',
  ],
  ['values of its own', { DefinitionString: { 'Fn::Sub': ['a ${B}', { B: 'b' }] } }, 'a b'],
  ['names with spaces around them', { DefinitionString: { 'Fn::Sub': ['a ${ B }', { B: 'b' }] } }, 'a b'],
  [
    'values that hold quotes, which stay within those of the definition',
    { DefinitionString: '{"a": "${B}"}', DefinitionSubstitutions: { B: 'b", "c": "d\\' } },
    String.raw`{"a": "b\", \"c\": \"d\\"}`,
  ],
  [
    'values that only a deployment knows, as their placeholders',
    { DefinitionString: 'a ${B}', DefinitionSubstitutions: { B: { Ref: 'Other' } } },
    'a ${B}',
  ],
])('holds %s', (_, properties, definition) => {
  expect(definitionOf(properties)).toBe(definition);
});
