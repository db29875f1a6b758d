# shellcheck shell=bash
# The Python of the policy pack: an environment of its own, since pulumi-policy bounds protobuf more tightly than we do.

# need_policy_python: sets POLICY_PYTHON.
need_policy_python() {
  cached 'installing pulumi-policy' \
    "policy-$(digest "$(declare -f install_policy)$("$VENV/bin/python" --version)" "$PROJECT_DIR/policy/requirements.txt")" install_policy
  POLICY_PYTHON=$CACHED/bin/python
}

install_policy() {
  "$VENV/bin/python" -m venv --without-pip "$1"
  "$VENV/bin/python" -m pip --python "$1/bin/python" install --disable-pip-version-check -r "$PROJECT_DIR/policy/requirements.txt"
}
