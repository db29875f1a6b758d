# shellcheck shell=bash
# Debian packages, asked for by the commands they bring: what the machine has already, from wherever, is left as it is.
# (On a machine with Docker, say, Debian's containerd would push out Docker's.)

# need_packages COMMAND=PACKAGE...: installs the packages whose commands are missing. A COMMAND with a slash is a file.
need_packages() {
  local pair command missing=()
  for pair; do
    command=${pair%%=*}
    if [[ $command == */* ]]; then [[ -e $command ]] && continue; else has "$command" && continue; fi
    [[ " ${missing[*]} " == *" ${pair#*=} "* ]] || missing+=("${pair#*=}")
  done
  ((${#missing[@]})) || return 0
  has apt-get || die "these Debian packages are missing, and there is no apt-get to install them: ${missing[*]}"
  ((EUID == 0)) || die "installing packages takes root: apt-get install ${missing[*]}"
  step "installing Debian packages: ${missing[*]}" install_packages "${missing[@]}"
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  local options=(-y -q --no-install-recommends)
  # The lists may be missing or old; only then is the update worth its time.
  if ! apt-get install "${options[@]}" "$@"; then
    apt-get update -q
    apt-get install "${options[@]}" "$@"
  fi
}

# need_pip: sets PIP to the command of some pip, for downloads only.
need_pip() {
  if python3 -m pip --version >/dev/null 2>&1; then
    PIP=(python3 -m pip)
  else
    need_packages python3=python3 /usr/lib/python3/dist-packages/pip=python3-pip
    PIP=(/usr/bin/python3 -m pip)
  fi
}
