# SPDX-FileCopyrightText: 2026 The Sockeye developers
# SPDX-License-Identifier: GPL-3.0-or-later
# fish completion for sockeye(1)

function __sockeye_sockets
    awk 'NR > 1 && NF >= 8 { print $8 }' /proc/net/unix 2>/dev/null | sort -u
end

set -l commands serve wait tap run recover connect list who show
complete -c sockeye -f
complete -c sockeye -n "not __fish_seen_subcommand_from $commands" -a serve -d 'Listen on a name until interrupted'
complete -c sockeye -n "not __fish_seen_subcommand_from $commands" -a wait -d 'Wait until a client connects'
complete -c sockeye -n "not __fish_seen_subcommand_from $commands" -a tap -d 'Record what a server and its clients say'
complete -c sockeye -n "not __fish_seen_subcommand_from $commands" -a run -d 'Start a program with a tap of its own'
complete -c sockeye -n "not __fish_seen_subcommand_from $commands" -a recover -d 'Put sockets back after a crash'
complete -c sockeye -n "not __fish_seen_subcommand_from $commands" -a connect -d 'Connect as a client'
complete -c sockeye -n "not __fish_seen_subcommand_from $commands" -a list -d 'List the local sockets of this machine'
complete -c sockeye -n "not __fish_seen_subcommand_from $commands" -a who -d 'Tell who can connect, and why not'
complete -c sockeye -n "not __fish_seen_subcommand_from $commands" -a show -d 'Print the records of a capture'
complete -c sockeye -n "not __fish_seen_subcommand_from $commands" -l demo -d 'Open the window with a demonstration'
complete -c sockeye -n "not __fish_seen_subcommand_from $commands" -l version -d 'Print the version'
complete -c sockeye -n "not __fish_seen_subcommand_from $commands" -k -a '(__fish_complete_suffix .pcapng)'
complete -c sockeye -s h -l help -d 'Print a summary'

complete -c sockeye -n '__fish_seen_subcommand_from serve wait show' -F
complete -c sockeye -n '__fish_seen_subcommand_from connect who tap recover' -F -a '(__sockeye_sockets)'

complete -c sockeye -n '__fish_seen_subcommand_from serve wait' -l access -x -a '(__fish_append , user group other world none)' -d 'Who may connect'
complete -c sockeye -n '__fish_seen_subcommand_from serve wait' -l abstract -d 'Listen in the abstract namespace'
complete -c sockeye -n '__fish_seen_subcommand_from serve wait' -l enforce -d 'Close clients that the access excludes'
complete -c sockeye -n '__fish_seen_subcommand_from serve wait' -l backlog -x -d 'Length of the queue'
complete -c sockeye -n '__fish_seen_subcommand_from serve wait' -l fd -x -d 'Serve an inherited descriptor'
complete -c sockeye -n '__fish_seen_subcommand_from serve wait' -l remove-stale -d 'Remove a stale socket of another user'
complete -c sockeye -n '__fish_seen_subcommand_from serve' -l echo -d 'Send back what arrives'
complete -c sockeye -n '__fish_seen_subcommand_from serve' -l discard -d 'Say nothing'
complete -c sockeye -n '__fish_seen_subcommand_from serve' -l reply -r -F -d 'Answer with a file'
complete -c sockeye -n '__fish_seen_subcommand_from serve' -l reply-text -x -d 'Answer with a text'
complete -c sockeye -n '__fish_seen_subcommand_from serve' -l reply-when -x -a 'open record end' -d 'When to reply'
complete -c sockeye -n '__fish_seen_subcommand_from serve' -l then-close -d 'End sending after the reply'
complete -c sockeye -n '__fish_seen_subcommand_from serve' -l max-connections -x -d 'Clients at a time'
complete -c sockeye -n '__fish_seen_subcommand_from serve' -l record -r -F -d 'Keep the capture in a file'
complete -c sockeye -n '__fish_seen_subcommand_from serve' -l never-stall -d 'Record gaps when the disk is behind'
complete -c sockeye -n '__fish_seen_subcommand_from serve' -l read-size -x -d 'Bytes read at a time'
complete -c sockeye -n '__fish_seen_subcommand_from serve' -l once -d 'End after the first client'
complete -c sockeye -n '__fish_seen_subcommand_from serve' -l quiet -d 'Print problems only'
complete -c sockeye -n '__fish_seen_subcommand_from tap' -l at -r -F -d 'Listen beside the socket'
complete -c sockeye -n '__fish_seen_subcommand_from tap' -l access -x -a '(__fish_append , user group other world none)' -d 'Who may connect'
complete -c sockeye -n '__fish_seen_subcommand_from run' -l tap -r -F -a '(__sockeye_sockets)' -d 'The socket of the server'
complete -c sockeye -n '__fish_seen_subcommand_from run' -l env -x -d 'The variable that the program reads'
complete -c sockeye -n '__fish_seen_subcommand_from tap run' -l record -r -F -d 'Keep the capture in a file'
complete -c sockeye -n '__fish_seen_subcommand_from tap' -l never-stall -d 'Record gaps when the disk is behind'
complete -c sockeye -n '__fish_seen_subcommand_from tap' -l again -d 'Tap again when the server restarts'
complete -c sockeye -n '__fish_seen_subcommand_from tap' -l drain -x -d 'Let connections go on when ended'
complete -c sockeye -n '__fish_seen_subcommand_from tap' -l quiet -d 'Print problems only'
complete -c sockeye -n '__fish_seen_subcommand_from wait connect' -l timeout -x -d 'Wait no longer'
complete -c sockeye -n '__fish_seen_subcommand_from connect' -l send -x -d 'Send a text'
complete -c sockeye -n '__fish_seen_subcommand_from connect' -l send-hex -x -d 'Send bytes'
complete -c sockeye -n '__fish_seen_subcommand_from connect' -l send-file -r -F -d 'Send a file'
complete -c sockeye -n '__fish_seen_subcommand_from connect' -l keep-open -d 'Do not end sending'
complete -c sockeye -n '__fish_seen_subcommand_from who' -l user -x -a '(__fish_complete_users)' -d 'Answer for one user'
complete -c sockeye -n '__fish_seen_subcommand_from show' -l filter -x -d 'Print only what matches'
complete -c sockeye -n '__fish_seen_subcommand_from show' -l follow-connection -x -d 'Print only one connection'
complete -c sockeye -n '__fish_seen_subcommand_from show' -l hex -d 'Print hexadecimal'
complete -c sockeye -n '__fish_seen_subcommand_from show' -l dissect -d 'Print what Wireshark says of each record'
complete -c sockeye -n '__fish_seen_subcommand_from show' -l decode-as -x -a 'pgsql dbus json http' -d 'Dissect as this protocol'
complete -c sockeye -n '__fish_seen_subcommand_from serve wait tap recover list who show' -l json -d 'Print JSON'
