# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Completion of curtrace's command lines in bash. Which commands, options and values there are, the
# tool itself says (curtrace --complete), so that it is always of the tool that is called.

_curtrace()
{
	local word=${COMP_WORDS[COMP_CWORD]} at=$COMP_CWORD begun answer=() words=()

	# bash takes words apart at = and :, the tool does not.
	words=("${COMP_WORDS[@]:1:at}")
	begun=$word
	if [ "$at" -gt 2 ] && [ "${COMP_WORDS[at - 1]}" = = ]; then
		words=("${COMP_WORDS[@]:1:at - 3}" "${COMP_WORDS[at - 2]}=$word")
	elif [ "$at" -gt 1 ] && [ "$word" = = ]; then
		words=("${COMP_WORDS[@]:1:at - 2}" "${COMP_WORDS[at - 1]}=")
		begun=
	fi
	mapfile -t answer < <("${COMP_WORDS[0]/#\~/$HOME}" --complete "${words[@]}" 2>/dev/null)
	case ${answer[0]-} in
	:files) mapfile -t COMPREPLY < <(compgen -f -- "$begun") ;;
	:folders) mapfile -t COMPREPLY < <(compgen -d -- "$begun") ;;
	:program*)
		# With bash-completion the program's own completion goes on; without, names.
		if declare -F _command_offset >/dev/null; then
			_command_offset $((${answer[0]#:program } + 1))
		elif [ "$at" = $((${answer[0]#:program } + 1)) ]; then
			mapfile -t COMPREPLY < <(compgen -c -f -- "$begun")
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$begun")
		fi
		return
		;;
	*) COMPREPLY=("${answer[@]}") ;;
	esac
	case ${answer[0]-} in
	:*) compopt -o filenames 2>/dev/null || : ;;
	esac
}

complete -F _curtrace curtrace
