# SPDX-FileCopyrightText: 2026 The Sockeye developers
# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for sockeye(1)

# Sockets that are there now, as far as the kernel tells: paths, and abstract names with a leading @.
_sockeye_sockets() { awk 'NR > 1 && NF >= 8 { print $8 }' /proc/net/unix 2>/dev/null | sort -u; }

_sockeye() {
    local cur prev command word i
    COMPREPLY=()
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD - 1]}
    for ((i = 1; i < COMP_CWORD; ++i)); do
        word=${COMP_WORDS[i]}
        case $word in
            serve | wait | tap | run | recover | connect | list | who | show | export) command=$word && break ;;
        esac
    done

    case $prev in
        --access)
            # The list is separated by commas: complete its last part.
            local head=${cur%"${cur##*,}"}
            mapfile -t COMPREPLY < <(compgen -P "$head" -W "user group other world none" -- "${cur##*,}")
            compopt -o nospace
            return
            ;;
        --user)
            mapfile -t COMPREPLY < <(compgen -u -- "$cur")
            return
            ;;
        --reply | --record | --send-file | --at | --tap | -o | --output)
            compopt -o filenames
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --reply-when)
            mapfile -t COMPREPLY < <(compgen -W "open record end" -- "$cur")
            return
            ;;
        --as)
            mapfile -t COMPREPLY < <(compgen -W "pcapng raw jsonl csv c socat curl python qt" -- "$cur")
            return
            ;;
        --direction)
            mapfile -t COMPREPLY < <(compgen -W "in out" -- "$cur")
            return
            ;;
        --max-connections | --backlog | --fd | --read-size | --timeout | --drain | --follow-connection | --records) return ;;
        --env | --send | --send-hex | --reply-text | --filter) return ;;
    esac

    local options listening="--access --abstract --enforce --backlog --fd --remove-stale"
    case ${command:-} in
        serve) options="$listening --echo --discard --reply --reply-text --reply-when --then-close
            --max-connections --record --never-stall --read-size --once --json --quiet --help" ;;
        wait) options="$listening --timeout --json --help" ;;
        tap) options="--at --access --record --never-stall --again --drain --json --quiet --help" ;;
        run) options="--tap --record --env --help" ;;
        recover) options="--json --help" ;;
        connect) options="--send --send-hex --send-file --keep-open --timeout --help" ;;
        list) options="--json --help" ;;
        who) options="--user --json --help" ;;
        show) options="--filter --follow-connection --hex --json --dissect --decode-as --help" ;;
        export) options="--as --filter --records --follow-connection --direction --output --force --hex
            --per-direction --help" ;;
        *) options="serve wait tap run recover connect list who show export --demo --help --version" ;;
    esac
    if [[ -z ${command:-} || $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        # Without a subcommand the window opens, with a capture if one is named.
        if [[ -z ${command:-} && $cur != -* ]]; then
            compopt -o filenames
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X '!*.pcapng' -- "$cur"; compgen -d -- "$cur")
        fi
        return
    fi
    case $command in
        connect | who | tap | recover) mapfile -t COMPREPLY < <({ compgen -W "$(_sockeye_sockets)" -- "$cur"; compgen -f -- "$cur"; } | sort -u) ;;
        serve | wait | show | export) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    esac
    [ "$command" = list ] || compopt -o filenames
}

complete -F _sockeye sockeye
