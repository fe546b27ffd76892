/** Yes, no, or unknown: the three answers of an evaluation. */

export type Answer = 'yes' | 'no' | Unknown;

interface Unknown {
  /** What would have to be known, in words: `the condition key aws:SourceIp`. */
  readonly unknown: string;
}

/** Yes if all are yes. A single no decides, whatever else is unknown. */
export function all(answers: Iterable<Answer>): Answer {
  let result: Answer = 'yes';
  for (const answer of answers) {
    if (answer === 'no') return 'no';
    if (result === 'yes') result = answer;
  }
  return result;
}

/** Yes if one is yes, whatever else is unknown. */
export function any(answers: Iterable<Answer>): Answer {
  let result: Answer = 'no';
  for (const answer of answers) {
    if (answer === 'yes') return 'yes';
    if (result === 'no') result = answer;
  }
  return result;
}

export function not(answer: Answer): Answer {
  if (answer === 'yes') return 'no';
  return answer === 'no' ? 'yes' : answer;
}

export function toAnswer(isYes: boolean): Answer {
  return isYes ? 'yes' : 'no';
}
