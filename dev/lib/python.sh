# shellcheck shell=bash
# The project's virtual environment, .venv at its root: the one that Pulumi.yaml names too.

PROJECT_DIR=$(cd "$DEV_DIR/.." && pwd)
VENV=$PROJECT_DIR/.venv

# need_venv EXTRA: installs the project with that extra of pyproject.toml, unless this very one is there already.
need_venv() {
  local extra=$1 wanted
  wanted=$(sha256sum <"$PROJECT_DIR/pyproject.toml" | cut -c 1-12)
  [[ $(cat "$VENV/.installed-$extra" 2>/dev/null) == "$wanted" ]] && return
  need_packages python3=python3
  python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' ||
    die "$(python3 --version) is $(type -P python3), but flink-session needs Python 3.11 to 3.14: put one first on PATH"
  if [[ ! -x $VENV/bin/python ]]; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages /nonexistent/venv=python3-venv
    step "making the virtual environment .venv" python3 -m venv "$VENV"
  fi
  step "installing flink-session[$extra] into .venv" "$VENV/bin/python" -m pip install \
    --disable-pip-version-check --editable "${PROJECT_DIR}[$extra]"
  # `dev` contains `cli`.
  [[ $extra != dev ]] || printf '%s\n' "$wanted" >"$VENV/.installed-cli"
  printf '%s\n' "$wanted" >"$VENV/.installed-$extra"
}
