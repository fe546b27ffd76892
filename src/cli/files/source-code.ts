/** Files from which a state machine is made but that contain none: what they are, and how to get a definition out of them. */

interface Source {
  /** The ending of its files' names. */
  readonly ending?: RegExp;
  /** What its text looks like, for input without such a name: standard input, `main.tf.bak`. */
  readonly looks?: RegExp;
  /** Continues a sentence that begins with the path. */
  readonly said: string;
}

const SHOW =
  'pass what terraform show -json prints (terraform plan -out=plan.bin, then terraform show -json plan.bin > plan.json)';

const SOURCES: readonly Source[] = [
  {
    ending: /\.(?:tf|tofu|hcl|tfvars)(?:\.json)?$/i,
    looks: /^(?:resource|data|module|provider|variable|output) "[\w-]{1,100}" ?["{]/m,
    said: `is Terraform source code, which only Terraform can read: ${SHOW}`,
  },
  {
    ending: /\.(?:tfplan|plan)$/i,
    // A plan saved by Terraform is a ZIP archive.
    looks: /^PK[^ -~]/,
    said: `is an archive: for a plan that Terraform has saved, ${SHOW}`,
  },
  {
    ending: /\.(?:py|ts|tsx|js|mjs|cjs|java|kt|cs|go|rb)$/i,
    looks: /^(?:import |from [\w.]{1,100} import |#!|package [\w.]{1,100};?$|using [\w.]{1,100};)/m,
    said: 'is a program: pass the template that it generates (cdk synth > template.yaml, or the …template.json in cdk.out)',
  },
  {
    ending: /\.(?:md|markdown|rst|txt|html?|pdf|docx?)$/i,
    said: 'is prose: put the definition into a file of its own',
  },
  {
    looks: /^[ \t]*\/[/*]/m,
    said: 'contains comments (// or /* */), which neither JSON nor YAML allows: remove them',
  },
];

/** What to say of a text that is not JSON: it is the source of a tool, and no definition. Undefined for anything that may be
 *  YAML.
 *  @param path as it was given; if its name does not tell, the text is inspected */
export function sourceCode(path: string, text: string): string | undefined {
  const byName = SOURCES.find(({ ending }) => ending?.test(path));
  return (byName ?? SOURCES.find(({ looks }) => looks?.test(text)))?.said;
}
