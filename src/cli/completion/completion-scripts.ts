/** The scripts of `completion`: each asks the program itself what can come next. */

export const SHELLS = ['bash', 'zsh', 'fish', 'kubectl'] as const;
type Shell = (typeof SHELLS)[number];

/** For the program itself, and for kubectl through `kubectl_complete-crossaccountlink`. */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# source <(kubectl crossaccountlink completion bash)
__kubectl_crossaccountlink_complete() {
  local line directive cur="\${COMP_WORDS[COMP_CWORD]}" words
  read -ra words <<<"\${COMP_LINE:0:COMP_POINT}"
  [[ "\${COMP_LINE:0:COMP_POINT}" == *[[:space:]] ]] && words+=("")
  [[ "$cur" == "=" ]] && cur=""
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :[0-9]*) directive="$line" ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(kubectl-crossaccountlink __complete "\${words[@]:1}" 2>/dev/null)
  if [[ "$directive" == ":0" ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
  fi
}
complete -F __kubectl_crossaccountlink_complete kubectl-crossaccountlink
`,
  zsh: `#compdef kubectl-crossaccountlink
# source <(kubectl crossaccountlink completion zsh)
_kubectl_crossaccountlink() {
  local line directive
  local -a candidates shown
  while IFS= read -r line; do
    case "$line" in
      :[0-9]*) directive="$line" ;;
      *)
        candidates+=("\${line%%$'\\t'*}")
        shown+=("\${line/$'\\t'/  -- }")
        ;;
    esac
  done < <(kubectl-crossaccountlink __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  # Of a flag and its value in one word, what is before the value stays.
  [[ "\${words[CURRENT]}" == --*=* ]] && compset -P '*='
  if [[ "$directive" == ":0" ]]; then _files
  elif [[ "\${shown[*]}" == *"  -- "* ]]; then compadd -l -d shown -a candidates
  else compadd -a candidates; fi
}
# As a file on fpath it is this function itself, called to complete.
if [[ "\${funcstack[1]}" == _kubectl-crossaccountlink ]]; then _kubectl_crossaccountlink
else compdef _kubectl_crossaccountlink kubectl-crossaccountlink; fi
`,
  fish: `# kubectl crossaccountlink completion fish | source
function __kubectl_crossaccountlink_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l answer (kubectl-crossaccountlink __complete $words[2..-1] "$current" 2>/dev/null)
  set -l prefix (string match -r -- '^--[^=]+=' "$current")
  if test "$answer[-1]" = ":0"
    __fish_complete_path "$current"
  else
    string match -v -r '^:[0-9]+$' -- $answer | string replace -r -- '^' "$prefix"
  end
end
complete -c kubectl-crossaccountlink -f -a '(__kubectl_crossaccountlink_complete)'
`,
  kubectl: `#!/bin/sh
# As kubectl_complete-crossaccountlink, executable and on the PATH: kubectl asks it what may come next.
exec kubectl crossaccountlink __complete "$@"
`,
};
