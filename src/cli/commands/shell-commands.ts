/** Verbs about the program itself: `version`, `completion`. */
import { Argument, type Command } from 'commander';
import { VERSION } from '../../base/version.ts';
import { outputOption, STRUCTURED } from '../output/output.ts';
import { addClusterVerb, addVerb, inCluster, type Shell } from './shell.ts';
import { EXIT } from '../output/io.ts';
import { COMPLETION_SCRIPTS, SHELLS } from '../completion/completion-scripts.ts';
import { didYouMean } from '../../base/suggest.ts';

export function addShellCommands(program: Command, shell: Shell): void {
  addVersion(program, shell);
  addCompletion(program, shell);
}

function addVersion(program: Command, shell: Shell): void {
  addClusterVerb(program, 'version', 'show the version of this plugin and of the operator in the cluster')
    .option('--client', 'show only the version of this plugin')
    .addOption(outputOption(STRUCTURED))
    .action(async (options) => {
      const { clientVersion, versions } = await import('../check/version.ts');
      if (options.client === true)
        return shell.exitWith(await clientVersion(VERSION, shell.io, options.output));
      try {
        await inCluster(shell, options, (cluster) => versions(cluster, VERSION, shell.io, options.output));
      } catch (error) {
        await clientVersion(VERSION, shell.io, options.output);
        throw error;
      }
    });
}

function addCompletion(program: Command, shell: Shell): void {
  addVerb(
    program,
    'completion',
    'print a shell script that completes verbs, flags, links, namespaces and contexts',
  )
    .addArgument(
      new Argument('<shell>', SHELLS.join(', ')).choices([...SHELLS]).argParser((name: string) => name),
    )
    .addHelpText(
      'after',
      `
bash     source <(kubectl crossaccountlink completion bash)
zsh      source <(kubectl crossaccountlink completion zsh)
fish     kubectl crossaccountlink completion fish | source
kubectl  kubectl crossaccountlink completion kubectl > /usr/local/bin/kubectl_complete-crossaccountlink
         chmod +x /usr/local/bin/kubectl_complete-crossaccountlink

The first three complete kubectl-crossaccountlink. With the last one, kubectl's own completion also completes
what follows "kubectl crossaccountlink".`,
    )
    .action((name: string) => {
      const known = SHELLS.find((one) => one === name);
      if (known === undefined)
        throw new Error(
          `there is no completion for "${name}"${didYouMean(name, SHELLS) || `, but for ${SHELLS.join(', ')}`}`,
        );
      shell.io.write(COMPLETION_SCRIPTS[known]);
      shell.exitWith(EXIT.done);
    });

  // Called by those scripts, and by kubectl.
  program
    .command('__complete', { hidden: true })
    .allowUnknownOption()
    .helpOption(false)
    .argument('[words...]')
    .action(async () => {
      const { complete, printCompletion } = await import('../completion/complete.ts');
      const words = process.argv.slice(process.argv.indexOf('__complete') + 1);
      shell.io.write(printCompletion(await complete(program, words, shell.environment)));
    });
}
