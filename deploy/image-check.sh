#!/bin/bash
# Builds the image, says what it holds, and runs compose.yaml with it on a port and volumes of its own, which are removed again.
#   deploy/image-check.sh                    # needs docker, or buildah, podman and docker-compose 2; 6 GB of disk
#   deploy/image-check.sh --before REVISION  # also: from that commit's image to this one, and back again
#   deploy/image-check.sh --before IMAGE     # the same, from an image that is here
# BUILD=no takes GUICHET_IMAGE as it is; MODELS=var/models takes a checkout's dialogue and embedding model, which saves minutes. BUILD_OPTIONS goes to the build (--isolation chroot …); podman's own settings are in containers.conf (CONTAINERS_CONF_OVERRIDE).
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
new=${GUICHET_IMAGE:-localhost/guichet:check} before='' beside='' work=$(mktemp -d)
[ "${1:-}" != --before ] || before=${2:?name a commit or an image}
export GUICHET_PUBLISHED=${GUICHET_PUBLISHED:-18080} GUICHET_ENV_FILE=$work/guichet.env GUICHET_IMAGE=$new POSTGRES_PASSWORD
POSTGRES_PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
project=guichet-check-$GUICHET_PUBLISHED here=http://127.0.0.1:$GUICHET_PUBLISHED public=https://guichet.example.fr question="Comment renouveler ma carte d'identité ?"

if command -v docker >/dev/null; then
    engine=docker build="docker build" compose="docker compose"
else
    # Not podman-compose: 1.3 and 1.6 make depends_on podman's --requires, which refuses what waits for a container that has ended, as prepare has.
    engine=podman build="buildah bud --layers --ignorefile deploy/Dockerfile.dockerignore" compose=docker-compose
    export PODMAN_IGNORE_CGROUPSV1_WARNING=1 DOCKER_HOST=unix://$work/podman.sock
    [ -d /run/systemd/system ] || export DISABLE_HC_SYSTEMD=true # its timers run podman's health checks; see below
fi
compose="$compose -p $project -f $PWD/deploy/compose.yaml -f $work/check.yaml"

say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }
fail() {
    say "FAILED: $*"
    exit 1
}
quietly() { "$@" >"$work/log" 2>&1 || { tail -40 "$work/log"; fail "$*"; }; }
inside() { $compose exec -T gateway "$@" 2>>"$work/errors"; }
in_image() { $engine run --rm --read-only --entrypoint "$1" "$new" "${@:2}"; }
status() { curl --silent --output /dev/null --write-out '%{http_code}' "$@"; }
clean_up() {
    code=$?
    [ "$code" = 0 ] || [ -z "${started:-}" ] || {
        for name in prepare gateway worker rasa actions; do $compose logs "$name" 2>&1 | tail -12 || true; done
        tail -20 "$work/errors" || true
    }
    $compose down --volumes >/dev/null 2>&1 || true
    kill $beside 2>/dev/null || true
    rm -rf "$work"
}
build_from() { # build_from FOLDER TAG
    quietly $build ${BUILD_OPTIONS:-} -f "$1/deploy/Dockerfile" -t "$2" "$1"
    say "built: $2, $(($($engine image inspect --format '{{.Size}}' "$2") / 1000000)) MB"
}

holds_what_it_should() {
    [ "$(in_image id -u)" = 10001 ] || fail "it runs as root"
    in_image sh -c '! touch /opt/guichet/x 2>/dev/null && ! touch /etc/x 2>/dev/null' || fail "its root can be written"
    in_image sh -c 'for name in cc gcc g++ c++ clang ld as make rustc cargo go; do ! command -v $name || exit 1; done' || fail "a compiler"
    in_image sh -c '! ls -d tools tests .git var .env deploy/guichet.env 2>/dev/null' || fail "what only a checkout has"
    say "user 10001, read-only, no compiler, no tools, no tests, no secrets"
    for environment in .venv:service .venv-rasa:rasa; do
        # shellcheck disable=SC2016 # Python's, not the shell's
        in_image "${environment%:*}/bin/python" -c '
import importlib.metadata, json, re, sys
plain = lambda name: re.sub("[-_.]+", "-", name).lower()
there = {plain(one.metadata["Name"]): one.version for one in importlib.metadata.distributions()}
told = {(plain(one["name"]), one.get("version")) for one in json.load(open(sys.argv[1]))["components"]}
heavy = {"torch", "tensorflow", "transformers", "sentence-transformers"} & set(there)
missing = set(there.items()) - told
sys.exit(f"not in the bill: {missing}; too heavy: {heavy}" if missing or heavy else 0)' "sbom/${environment#*:}.cdx.json" ||
            fail "the bill of ${environment%:*}"
    done
    say "no torch, no TensorFlow; sbom/ names every package of both environments"
}

take_models() { # take_models FOLDER: into the volume, signed with this service's key
    $compose create --no-build prepare >"$work/log" 2>&1
    tar -C "$1" -c . | $engine run --rm --interactive --env-file "$GUICHET_ENV_FILE" --volume "${project}_guichet:/var/lib/guichet" --entrypoint sh "$new" -c '
mkdir -m 700 -p /var/lib/guichet/models && tar -C /var/lib/guichet/models -x && .venv/bin/python -c "
from cli.model_signing import sign
from core.settings import Settings
for model in (Settings().home / \"models/dialogue\").glob(\"*.tar.gz\"): sign(Settings(), model)"' || fail "the models of $1"
    say "models: those of $1"
}

start() { # start IMAGE: as in deploy/README.md, with the small set of pages
    export GUICHET_IMAGE=$1 started=yes
    quietly $compose up --detach --no-build
    for _ in $(seq 150); do
        [ "$(status "$here/widget.js")" = 200 ] && [ -n "$(answer)" ] && { say "answers: $1"; return; }
        sleep 2
    done
    fail "no answer from $1"
}

answer() { inside ./guichet ask --json "$@" "$question" | grep '"blocks"' | grep -v '"outcome":"fallback"\|au ralenti' || true; } # answer [--conversation ID]: none while Rasa loads

smoke() {
    reply=$(answer)
    grep -q '"outcome":"answered"' <<<"$reply" || fail "ask: $reply"
    say "ask: answered, with a source"
    [ "$(curl --silent "$here/widget.js" | grep -c SETTINGS)" -gt 0 ] || fail "the widget"
    [ "$(status "$here/assistant")" = 200 ] || fail "the assistant's page"
    say "widget: served"
    inside .venv/bin/python -c '
import os, sys, uuid, httpx
from twilio.request_validator import RequestValidator
path, form = "/webhooks/sms/twilio", {"ApiVersion": "2010-04-01", "MessageSid": "SM" + uuid.uuid4().hex, "AccountSid": "AC" + 32 * "0", "From": "+33639980001", "To": "+33639980000", "Body": "carte identite"}
signed = RequestValidator(os.environ["GUICHET_TWILIO_AUTH_TOKEN"]).compute_signature(sys.argv[1] + path, form)
codes = [httpx.post("http://127.0.0.1:8080" + path, data=form, headers={"X-Twilio-Signature": one}).status_code for one in (signed, "no")]
sys.exit(codes != [200, 403] and f"{codes}")' "$public" || fail "the SMS webhook"
    say "SMS webhook: a signed message is taken in, another refused"
    [ "$(status "$here/desk/sign-in")" = 200 ] && [ "$(status --header "Accept: text/html" "$here/desk")" = 303 ] || fail "the desk"
    link=$(inside ./guichet staff invite "check-$RANDOM@example.fr" --json | grep -o '/desk/[^"]*' | head -1)
    [ "$(status "$here$link")" = 200 ] || fail "an invitation to the desk ($link)"
    say "desk: sign-in and an invitation"
    inside ./guichet backup /var/lib/guichet/check.guichet.age >/dev/null || fail "the backup"
    say "backup: written and encrypted"
}

trap clean_up EXIT
[ "${BUILD:-}" = no ] || build_from . "$new"
holds_what_it_should
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
sed "s#^\(GUICHET_[A-Z]*_KEY\|GUICHET_INTERNAL_SECRET\)=.*##; s#^GUICHET_PRODUCTION=.*#GUICHET_PRODUCTION=false#; s#^GUICHET_SMS_PROVIDER=.*#GUICHET_SMS_PROVIDER=twilio#
s#^GUICHET_BACKUP_RECIPIENTS=.*#GUICHET_BACKUP_RECIPIENTS=$(in_image .venv/bin/python -c 'import pyrage; print(pyrage.x25519.Identity.generate().to_public())')#
/^GUICHET_KNOWLEDGE_BASE_ARCHIVE/d; s#^GUICHET_PUBLIC_URL=.*#GUICHET_PUBLIC_URL=$public#" deploy/guichet.env.example >"$GUICHET_ENV_FILE"
for name in SECRET_KEY INTERNAL_SECRET ADDRESS_KEY AUDIT_KEY MODEL_KEY TWILIO_AUTH_TOKEN; do echo "GUICHET_$name=$(secret)" >>"$GUICHET_ENV_FILE"; done
printf 'GUICHET_TWILIO_ACCOUNT_SID=AC%032d\nGUICHET_TWILIO_FROM=+33639980000\n' 0 >>"$GUICHET_ENV_FILE"
printf 'services:\n  prepare: { command: [prepare, --demonstration] }\n' >"$work/check.yaml"
if [ "$engine" = podman ]; then
    podman system service --time 0 "$DOCKER_HOST" &
    beside=$!
    if [ -n "${DISABLE_HC_SYSTEMD:-}" ]; then
        (while sleep 2; do podman healthcheck run "$project-postgres-1" || true; done) >/dev/null 2>&1 &
        beside="$beside $!"
    fi
fi

if [ -n "$before" ] && ! $engine image inspect "$before" >/dev/null 2>&1; then
    mkdir "$work/before" && git -c tar.umask=022 archive "$before" | tar -x -C "$work/before"
    before=localhost/guichet:before
    build_from "$work/before" $before
fi
[ -z "${MODELS:-}" ] || take_models "$MODELS"
start "${before:-$new}"
smoke
conversation=$(grep -o '"conversation":"[^"]*"' <<<"$reply" | cut -d'"' -f4)
for image in ${before:+"$new" "$before"} "$new"; do
    quietly $compose down
    start "$image"
    [ -n "$(answer --conversation "$conversation")" ] || fail "the conversation from before the restart"
    say "the conversation from before goes on"
done
smoke
say "OK: $new${before:+, from $before and back}"
