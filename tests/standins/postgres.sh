# Starts PostgreSQL as the official image does: a database for POSTGRES_USER, made once, with a password from elsewhere.
set -eu
data=/var/lib/postgresql/18/docker
if [ ! -f $data/PG_VERSION ]; then
    printf %s "$POSTGRES_PASSWORD" >/tmp/password
    initdb -D $data -U "$POSTGRES_USER" --auth-local=trust --auth-host=scram-sha-256 --pwfile=/tmp/password --encoding=UTF8 --locale=C.UTF-8
    echo "host all all all scram-sha-256" >>$data/pg_hba.conf
    pg_ctl -D $data -w start -o "-c listen_addresses='' -c unix_socket_directories=/tmp"
    createdb -h /tmp -U "$POSTGRES_USER" "$POSTGRES_DB"
    pg_ctl -D $data -w stop
fi
exec postgres -D $data -c listen_addresses='*' -c unix_socket_directories=/tmp
