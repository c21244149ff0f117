#!/bin/bash
# Boots this machine's own Debian in a container, over an overlay that is thrown away, with the units of deploy/systemd, and
# tries them: start, credentials, what a process may do, the end of each process, an upgrade and the way back.
#   deploy/systemd-check.sh                    # root, systemd-container, and a checkout in which ./guichet up ran once
#   deploy/systemd-check.sh --before REVISION  # from that commit's code to this one, instead of from this to this
# The container reaches no network: models and environments are the checkout's, the pages are the demonstration's.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
before=HEAD work=$(mktemp -d /var/tmp/guichet-systemd-XXXXXX) question="Comment renouveler ma carte d'identité ?"
[ "${1:-}" != --before ] || before=${2:?name a commit}
root=$work/root home=/var/lib/guichet units="redis actions rasa gateway worker worker-2 publisher"

say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }
fail() {
    say "FAILED: $*"
    [ -z "${leader:-}" ] || inside journalctl --no-pager --lines 30 --unit 'guichet*' || true
    exit 1
}
clean_up() {
    [ -z "${leader:-}" ] || kill -KILL "$leader" # its first process: all others end with it
    [ -z "${nspawn:-}" ] || wait "$nspawn" || true
    umount "$root" 2>/dev/null || umount --lazy "$root" || true
    rm -rf "$work"
}
inside() { nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup -- "$@"; }
guichet() { # as whoever runs the service calls it: deploy/README.md
    inside systemd-run --quiet --pipe --wait --collect --uid=guichet --working-directory=/opt/guichet --property=EnvironmentFile=/etc/guichet/guichet.env \
        --setenv=GUICHET_HOME=$home --setenv=HOME=$home --setenv=GUICHET_LANG=en /opt/guichet/guichet "$@" </dev/null
}
answer() { guichet ask --json "$@" "$question" 2>/dev/null | grep '"outcome":"answered"' || true; } # none while Rasa loads
property() { inside systemctl show --property "$2" --value "guichet@$1.service"; }
until_answered() { # until_answered WHAT [OPTIONS OF ask]
    local what=$1 began=$SECONDS
    for _ in $(seq 150); do
        reply=$(answer "${@:2}")
        [ -z "$reply" ] || { say "$what, and answers after $((SECONDS - began)) s"; return; }
        sleep 2
    done
    fail "no answer: $what"
}
code_of() { # puts a commit's code into /opt/guichet, as git pull does; "": this checkout as it is
    (if [ -n "$1" ]; then git archive "$1"; else git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- -c; fi) | tar -x -C "$root/opt/guichet"
    chroot "$root" chown -R guichet: /opt/guichet
}
trap clean_up EXIT

mkdir "$root" "$work/upper" "$work/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$root"
# As deploy/README.md has it installed.
chroot "$root" useradd --system --home-dir $home guichet
mkdir -p "$root/opt/guichet" "$root/etc/guichet" "$root$home"
code_of "$before"
for environment in .venv .venv-rasa; do
    ln -s "$(readlink -f $environment)" "$root/opt/guichet/$environment"
    find "$root$(readlink -f $environment)" ! -type l ! -perm -004 -exec chmod a+rX {} + # made by root alone, for root alone
done
for part in models cache; do cp -aL "var/$part" "$root$home/"; done
chroot "$root" chown -R guichet: $home
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
recipient=$(.venv/bin/python -c 'import pyrage; print(pyrage.x25519.Identity.generate().to_public())')
install -m 600 /dev/stdin "$root/etc/guichet/guichet.env" <<END
GUICHET_SECRET_KEY=$(secret)
GUICHET_INTERNAL_SECRET=$(secret)
GUICHET_ADDRESS_KEY=$(secret)
GUICHET_AUDIT_KEY=$(secret)
GUICHET_MODEL_KEY=$(sed -n 's/^GUICHET_MODEL_KEY=//p' .env)
GUICHET_BACKUP_RECIPIENTS=$recipient
END
cp deploy/systemd/* "$root/etc/systemd/system/"
for other in postgresql valkey-server redis-server nginx cron docker; do ln -sf /dev/null "$root/etc/systemd/system/$other.service"; done
for unit in prepare @worker; do
    told=$(systemd-analyze security --no-pager --offline=true --threshold=25 --root="$root" "guichet${unit/prepare/-prepare}.service") || fail "guichet$unit: $(tail -1 <<<"$told")"
    say "$(tail -1 <<<"$told" | tr -dc '[:print:]')"
done

systemd-nspawn --quiet --register=no --keep-unit --directory="$root" --machine=guichet --private-network --boot systemd.unit=multi-user.target >"$work/console" 2>&1 </dev/null &
nspawn=$!
for _ in $(seq 60); do
    leader=$(pgrep --parent $nspawn || true)
    [ -n "$leader" ] && inside systemctl is-system-running 2>/dev/null | grep --quiet -E 'running|degraded' && break
    sleep 1
done
[ -n "$leader" ] || fail "it does not boot: $(tail -5 "$work/console")"
inside systemctl --no-pager --version | head -1

inside systemctl enable guichet.target 2>/dev/null && inside systemctl start guichet-prepare.service guichet.target || fail "guichet.target"
say "guichet.target: prepared, enabled and started"
until_answered "started"
conversation=$(grep -o '"conversation":"[^"]*"' <<<"$reply" | cut -d'"' -f4)

for name in $units; do
    pid=$(property "$name" MainPID)
    [ "$pid" != 0 ] || fail "$name does not run"
    inside grep --quiet 'NoNewPrivs:.1' "/proc/$pid/status" && inside grep --quiet 'Seccomp:.2' "/proc/$pid/status" && inside grep --quiet 'CapEff:.0000000000000000' "/proc/$pid/status" ||
        fail "$name is not confined"
    inside nsenter --target "$pid" --mount -- setpriv --reuid=guichet --regid=guichet --clear-groups sh -c '! touch /opt/guichet/x /etc/x /var/tmp/../x 2>/dev/null && ! ls /root >/dev/null 2>&1' ||
        fail "$name can write or read what it must not"
    holds=$(inside sh -c "tr '\0' '\n' </proc/$pid/environ" | grep -c -E '^GUICHET_(SECRET|ADDRESS)_KEY=.{64}$' || true)
    case $name in gateway | worker*) expected=2 ;; *) expected=0 ;; esac
    [ "$holds" = $expected ] || fail "$name holds $holds of the citizens' keys"
done
say "each process: no new privileges, no capability, seccomp, a read-only system, and only the keys that it needs"

for name in $units; do
    restarts=$(property "$name" NRestarts)
    inside systemctl kill --signal=KILL "guichet@$name.service"
    for _ in $(seq 100); do
        [ "$(property "$name" NRestarts)" -gt "$restarts" ] && [ "$(property "$name" ActiveState)" = active ] && break
        sleep 0.3
    done
    [ "$(property "$name" NRestarts)" -gt "$restarts" ] || fail "$name is not started again"
    until_answered "$name: killed, started again" --conversation "$conversation"
done

for code in "" "$before"; do
    guichet backup $home/before.guichet.age >/dev/null || fail "the backup"
    code_of "$code"
    inside systemctl restart guichet-prepare.service guichet.target || fail "the restart with ${code:-this code}"
    until_answered "${code:-this checkout}: restarted after a backup" --conversation "$conversation"
done
say "OK: units of deploy/systemd"
