import { describe, expect, it } from '@jest/globals';
import { growthProblem } from '../../../scripts/lint/expressions/growth.ts';

const DOUBLES: readonly RegExp[] = [
  /(a+)+$/,
  /^(?:a|a)*b/,
  /^(a|ab|b)*c/,
  /(?:x+x+)+y/,
  /^(?:\d{1,9})+$/,
  /(\w+\s?)+$/,
  /^(([a-z])+.)+[A-Z]([a-z])+$/,
  /^(?:a|A)*b/i,
  /^(?:é|[^a])*$/,
  /^(?=(?:a+)+b)a/,
];

const SQUARES: readonly RegExp[] = [
  /\s*,\s*$/,
  /\s+$/,
  /^a*a*$/,
  /^(.*),(.*)$/,
  /<!--[\s\S]*?-->/g,
  /\{([^}]+)\}/g,
  /(?=a+)b/,
  /a+b|a/g,
  / \((why .+\?)\)$/,
  /^\s*$(?=x)/m,
  /^(?:a(?:a*b)?)*$/,
  /[ab]{1,1000}c/,
  /^(a?){30}a{30}$/,
  /(a+)\1b/,
  /(?<=a+b)c/,
  /--[a-z0-9]+-[a-z0-9-]*az\d+--x-s3$/,
];

const LINEAR: readonly RegExp[] = [
  /a+/,
  /^\s+/,
  /^\s*,\s*$/,
  /^(a|b)*$/,
  /^(?:[a-z]+\/)*[a-z]+$/,
  /^\w+@\w+$/,
  /^(?:(?:a?)*b)*c/,
  /\{[^{}]+\}/g,
  /(?:%[0-9a-f]{2})+/gi,
  /[ab]{1,200}c/,
  /"[^"\\]*(?:\\.[^"\\]*)*"/y,
  /^(?:\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h))+$/,
  /^[ \t]+(?=")/m,
  /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g,
  /^arn:([^:]+):([^:]*):(.+)$/s,
  /%.*/s,
  /\p{Cc}/u,
];

describe('an expression with much work', () => {
  it.each(DOUBLES)('%s doubles it', ({ source, flags }) => {
    expect(growthProblem(source, flags)).toMatch(/^work that doubles/);
  });

  it.each(SQUARES)('%s squares it', ({ source, flags }) => {
    expect(growthProblem(source, flags)).toMatch(/^work that (grows as the square|doubles)/);
  });

  it('is reported with a text that shows it', () => {
    expect(growthProblem('<!--[^]*?-->', '')).toContain('the number of "<!--a" in a row');
  });
});

describe('an expression whose work grows with its text alone', () => {
  it.each(LINEAR)('%s is fine', ({ source, flags }) => {
    expect(growthProblem(source, flags)).toBeUndefined();
  });
});
