"""The scripts that make shells ask `sentinai` what may follow."""

BASH = r"""# bash completion of sentinai: put this where bash-completion looks, or source it
_sentinai() {
    local answer IFS=$'\n'
    COMPREPLY=()
    answer=$(command sentinai __complete bash "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null) || return 0
    case $answer in
    files*)
        if ! compopt -o default 2>/dev/null; then
            COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
        fi
        ;;
    words*)
        answer=${answer#words}
        local line
        for line in $answer; do
            COMPREPLY+=("${line%%$'\t'*}")
        done
        ;;
    esac
}
complete -o nosort -F _sentinai sentinai 2>/dev/null || complete -F _sentinai sentinai
"""

ZSH = r"""#compdef sentinai
# zsh completion of sentinai: put this into a directory of $fpath as _sentinai, or source it after compinit
_sentinai() {
    local answer line
    local -a lines names labels
    answer=$(command sentinai __complete zsh "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null) || return 1
    lines=("${(@f)answer}")
    if [[ $lines[1] == files ]]; then
        _files
        return
    fi
    shift lines
    for line in $lines; do
        names+=("${line%%$'\t'*}")
        if [[ $line == *$'\t'* ]]; then
            labels+=("${line%%$'\t'*}  -- ${line#*$'\t'}")
        else
            labels+=("$line")
        fi
    done
    (( $#names )) && compadd -l -d labels -a -- names
}
if [[ ${funcstack[1]} == _sentinai ]]; then
    _sentinai "$@"
else
    compdef _sentinai sentinai
fi
"""

FISH = r"""# fish completion of sentinai: put this into ~/.config/fish/completions/sentinai.fish, or source it
function __sentinai_complete
    set -l typed (commandline -ct)
    set -l answer (command sentinai __complete fish (commandline -opc) "$typed" 2>/dev/null)
    if test "$answer[1]" = files
        __fish_complete_path "$typed"
        return
    end
    set -e answer[1]
    printf '%s\n' $answer
end
complete -c sentinai -f -a '(__sentinai_complete)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}

PLACES = {
    "bash": "~/.local/share/bash-completion/completions/sentinai",
    "zsh": "~/.zfunc/_sentinai",
    "fish": "~/.config/fish/completions/sentinai.fish",
}
"""Where each shell looks; zsh only where its `fpath` says so."""
